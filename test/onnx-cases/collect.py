"""Prints ONNX's own test cases of the operators named on the command line, one JSON object a line.

A tensor is its element type, its dimensions, and its bytes as ONNX stores them (sub-byte types
packed, little-endian), in base64. Cases that ONNX expands into other operators are left out.
"""

import base64
import json
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.backend.test.case.node import collect_testcases


def attribute(proto):
    value = helper.get_attribute_value(proto)
    return value.decode() if isinstance(value, bytes) else value


def tensor(info, value):
    proto = value if isinstance(value, TensorProto) else numpy_helper.from_array(np.asarray(value))
    assert proto.data_type == info.type.tensor_type.elem_type, info.name
    if not proto.HasField("raw_data"):
        proto = numpy_helper.from_array(numpy_helper.to_array(proto))
    return {
        "type": TensorProto.DataType.Name(proto.data_type),
        "shape": list(proto.dims),
        "bytes": base64.b64encode(proto.raw_data).decode(),
    }


def printed(case):
    graph = case.model.graph
    node = graph.node[0]
    inputs, outputs = case.data_sets[0]
    by_name = {info.name: tensor(info, value) for info, value in zip(graph.input, inputs)}
    return {
        "name": case.name,
        "operator": node.op_type,
        "attributes": {proto.name: attribute(proto) for proto in node.attribute},
        "inputs": [by_name.get(name) for name in node.input],
        "outputs": [tensor(info, value) for info, value in zip(graph.output, outputs)],
    }


operators = set(sys.argv[1:])
print(json.dumps({"onnx": onnx.__version__}))
for case in collect_testcases(None):
    nodes = case.model.graph.node
    if len(nodes) != 1 or nodes[0].op_type not in operators or case.name.endswith("_expanded"):
        continue
    print(json.dumps(printed(case)))
