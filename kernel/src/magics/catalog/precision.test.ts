import { describe, expect, it } from 'vitest';
import { magicHelp } from '../help';
import { record, refusal } from '../recorder.fixture';

const only = async (cell: string) => (await record(cell)).calls;

describe('%precision', () => {
  it.each(['fp32', 'tf32', 'fp16', 'bf16', 'fp8', 'mixed_float16', 'p=f32,c=f16,o=f32'])(
    'sets the policy of the session: %s',
    async (spec) => {
      expect(await only(`%precision ${spec}`)).toEqual([{ name: 'setPrecision', args: [spec] }]);
    },
  );

  it('asks for native formats only', async () => {
    expect(await only('%precision fp16 --native')).toEqual([
      { name: 'setPrecision', args: ['fp16', { native: true }] },
    ]);
  });

  it('keeps layers in a policy of their own', async () => {
    expect(await only('%precision fp16 --keep "dense_3=fp32,conv*=bf16"')).toEqual([
      { name: 'setPrecision', args: ['fp16', { keep: 'dense_3=fp32,conv*=bf16' }] },
    ]);
    const [cell] = await only('%%precision fp16 --keep "a=fp32"\n0;');
    expect(cell).toEqual({ name: 'setCellPrecision', args: ['fp16', { keep: 'a=fp32' }] });
    expect(refusal('%precision fp16 --keep "dense_3"')).toContain('dense_3');
    expect(refusal('%precision fp16 --keep "a=fp61"')).toContain('mixed_bfloat16');
    expect(await only('%precision --keep "a=fp32"')).toEqual([
      { name: 'setPrecision', args: [undefined, { keep: 'a=fp32' }] },
    ]);
  });

  it('tells the policy without an argument', async () => {
    expect(await only('%precision')).toEqual([{ name: 'precisionStatus', args: [] }]);
  });

  it('sets the policy of one cell', async () => {
    const calls = await only('%%precision bf16\n0;');
    expect(calls[0]).toEqual({ name: 'setCellPrecision', args: ['bf16'] });
  });

  it('says what it does not, for IPython has another of this name', () => {
    expect(String(magicHelp('precision'))).toContain('IPython');
  });

  it('refuses what is no policy, with what is', () => {
    expect(refusal('%precision fp61')).toContain('fp16');
    expect(refusal('%precision 4')).toContain('mixed_bfloat16');
    expect(refusal('%precision c=f17')).toContain('c=f17');
    expect(refusal('%precision bf61')).toContain('bfloat16');
    expect(refusal('%precision int8')).toContain('%quantize int8 model');
    expect(refusal('%precision e4m3')).toContain('Did you mean fp8?');
    expect(refusal('%precision fp16,keep=out')).toContain('--keep "out=fp32"');
    const quoted = refusal('%precision bf16 --keep "head=fp13"');
    expect(quoted).toContain('"head=fp13" is not allowed');
    expect(quoted).not.toContain('""');
    expect(refusal('%precision --native')).toContain('missing spec');
    expect(refusal('%%precision\nf()')).toContain('missing spec');
  });
});
