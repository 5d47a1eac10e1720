import type { onnx } from 'onnx-proto';

/** A whole number of a node's attribute, or what the operator's specification says without it. */
export function intOf(node: onnx.INodeProto, name: string, absent: number): number {
  const found: unknown = attribute(node, name)?.i;
  return found === undefined || found === null ? absent : Number(found);
}

export function intsOf(node: onnx.INodeProto, name: string): readonly number[] | undefined {
  return attribute(node, name)?.ints?.map(Number);
}

export function floatOf(node: onnx.INodeProto, name: string, absent: number): number {
  return attribute(node, name)?.f ?? absent;
}

export function textOf(node: onnx.INodeProto, name: string, absent: string): string {
  const found = attribute(node, name)?.s;
  return found === undefined || found === null ? absent : Buffer.from(found).toString('utf8');
}

export function attribute(node: onnx.INodeProto, name: string): onnx.IAttributeProto | undefined {
  return node.attribute?.find((one) => one.name === name);
}

/** The graphs that a node holds: branches, bodies of loops. */
export function graphsOf(node: onnx.INodeProto): readonly onnx.IGraphProto[] {
  return (node.attribute ?? []).flatMap(({ g, graphs }) => [...(g ? [g] : []), ...(graphs ?? [])]);
}

/** Whether a node is of ONNX's own operators. */
export function isStandard({ domain }: onnx.INodeProto): boolean {
  return (domain ?? '') === '' || domain === 'ai.onnx';
}

/** What a node is called in reports: by its name, or by what it makes. */
export function nameOf({ name, output, opType }: onnx.INodeProto): string {
  return name || output?.[0] || opType || '';
}
