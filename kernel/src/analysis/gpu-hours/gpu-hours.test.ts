import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { combined } from '../../quantities/make';
import { ensureBackend } from '../../start';
import { gpuHours } from './gpu-hours';

const HOUR = 3600;

beforeAll(async () => {
  await ensureBackend();
}, 60_000);

describe('gpuHours', () => {
  it('counts the steps of all epochs by the time that one took', async () => {
    const { result } = await gpuHours({ stepS: 0.36, samples: 1001, batchSize: 100, epochs: 10 });
    expect(result.units).toBe(110);
    expect(result.deviceS.value).toBeCloseTo(39.6, 9);
    expect(result.energyJ).toBeNull();
    expect((await gpuHours({ stepS: 0.36, steps: 10_000 })).result.deviceS.value).toBe(HOUR);
  });

  it('carries the interval of a step that was measured into hours, energy and CO2e', async () => {
    const stepS = combined(
      1,
      { statistical: { below: 0.1, above: 0.1 } },
      { method: 'counter', samples: 5 },
    );
    const { deviceS, energyJ, co2eG } = (
      await gpuHours({
        stepS,
        steps: HOUR,
        powerW: 1000,
        gridIntensity: 400,
        pue: 1.5,
      })
    ).result;
    expect([deviceS.low, deviceS.value, deviceS.high]).toEqual([3240, 3600, 3960]);
    expect(deviceS.method).toBe('counter');
    expect(energyJ?.value).toBeCloseTo(3.6e6, 3);
    expect(co2eG?.value).toBeCloseTo(600, 6);
    expect(co2eG?.low).toBeCloseTo(540, 6);
  });

  it('takes joules that were measured with the step', async () => {
    const { energyJ } = (
      await gpuHours({
        stepS: 1,
        steps: 10,
        stepJ: 50,
        devices: 2,
        efficiency: 0.5,
      })
    ).result;
    expect(energyJ?.value).toBe(1000);
  });

  it('is FLOPs over what a device does of its peak', async () => {
    const { result } = await gpuHours({
      flopsPerSample: 1e9,
      samples: 60_000,
      epochs: 10,
      peakFlops: 1e12,
      utilization: 0.5,
    });
    expect(result.flops).toBe(6e14);
    expect(result.deviceS.value).toBeCloseTo(1200, 9);
    expect(result.deviceS.low).toBe(result.deviceS.high);
  });

  it('counts the products of a model, forward and of the gradients', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: 32, inputShape: [64] }),
        tf.layers.dense({ units: 10, useBias: false }),
      ],
    });
    const work = { model, samples: 7, peakFlops: 1e9, utilization: 1 };
    const { flops } = (await gpuHours(work)).result;
    // The first layer has no gradient of its input.
    expect(flops).toBe(2 * (2 * 64 * 32 + 3 * 32 * 10) * 7);
    expect((await gpuHours({ ...work, batchSize: 5 })).result.flops).toBe(flops);
    model.dispose();
  });

  it('divides the time, but not the joules, among devices', async () => {
    const one = (await gpuHours({ stepS: 1, steps: 800, powerW: 100 })).result;
    const eight = await gpuHours({ stepS: 1, steps: 800, powerW: 100, devices: 8 });
    expect(eight.result.wallS.value).toBe(100);
    expect(eight.result.deviceS.value).toBe(800);
    expect(eight.result.energyJ?.value).toBe(one.energyJ?.value);
    expect(String(eight)).toContain('Scaling to 8 devices is taken for perfect');
    const real = (await gpuHours({ stepS: 1, steps: 800, devices: 8, efficiency: 0.8 })).result;
    expect([real.wallS.value, real.deviceS.value]).toEqual([125, 1000]);
  });

  // Patterson et al. 2021, table 4: 10,000 V100 for 14.8 days, 330 W each.
  it('has the published hours of GPT-3 within its interval, to a tenth', async () => {
    const { result } = await gpuHours({ flops: 3.14e23, device: 'V100', format: 'fp16' });
    const published = 14.8 * 24 * 10_000;
    expect(result.deviceS.high / HOUR).toBeGreaterThan(0.9 * published);
    expect(result.deviceS.low / HOUR).toBeLessThan(published);
    expect(result.energyJ?.high).toBeGreaterThan(0.9 * published * HOUR * 330);
    expect(result.deviceS.method).toBe('literature');
  });

  it('prices rent and electricity apart', async () => {
    const priced = await gpuHours({
      stepS: 1,
      steps: HOUR,
      powerW: 1000,
      pue: 1.2,
      pricePerDeviceHour: 2,
      pricePerKWh: 0.5,
      currency: 'eur',
    });
    expect(priced.result.rent?.amount.value).toBeCloseTo(2, 9);
    expect(priced.result.electricity?.amount.value).toBeCloseTo(0.6, 9);
    expect(String(priced)).toMatch(/Electricity +0\.6000 EUR/);
  });

  it('says where each constant is from', async () => {
    const text = String(await gpuHours({ flops: 1e18, device: 'a100', region: 'FRA' }));
    expect(text).toContain('312 TFLOP/s in bf16 at its peak, dense (NVIDIA A100 data sheet, 2021)');
    expect(text).toMatch(/32\.6% of the peak is reached, from 21\.3% to 46\.2%: PaLM/);
    expect(text).toContain('400 W of TDP');
    expect(text).toContain('Grid of FRA, France');
  });

  it.each([
    [{}, /in no way/],
    [{ stepS: 1, flops: 1, steps: 1 }, /in several ways/],
    [{ stepS: 0, steps: 1 }, /stepS is 0; it must be a number above 0/],
    [{ stepS: NaN, steps: 1 }, /stepS is NaN/],
    [{ stepS: 1 }, /How much is to be trained.*\n.*steps/],
    [{ stepS: 1, steps: 1.5 }, /steps is 1.5; it must be a whole number/],
    [{ stepS: 1, samples: 10, batchSize: 0 }, /batchSize is 0/],
    [{ stepS: 1, samples: 10, batchSize: 5, epochs: -1 }, /epochs is -1/],
    [{ flops: 1e9 }, /takes the peak of a device/],
    [{ flops: 1e9, device: 'h101' }, /No accelerator 'h101'.*Did you mean h100/],
    [{ flops: 1e9, device: 'v100', format: 'bf16' }, /no peak for 'bf16'.*\n.*fp32, fp16/],
    [{ flops: 1e9, peakFlops: 1e12, utilization: 1.5 }, /utilization is 1.5/],
    [{ flopsPerSample: 1e9, peakFlops: 1e12 }, /Give samples, with epochs/],
    [{ flops: 1e9, peakFlops: 1e12, stepJ: 3 }, /stepJ belongs to a step/],
    [{ model: 3 as never, samples: 1, peakFlops: 1 }, /gpuHours/],
    [{ stepS: 1, steps: 1, stepJ: 3, powerW: 3 }, /Both stepJ and powerW/],
    [{ stepS: 1, steps: 1, powerW: -3 }, /powerW is -3/],
    [{ stepS: 1, steps: 1, devices: 0 }, /devices is 0/],
    [{ stepS: 1, steps: 1, efficiency: 2 }, /efficiency is 2/],
    [{ stepS: 1, steps: 1, region: 'FRX' }, /Did you mean FRA/],
    [{ stepS: 1, steps: 1, pricePerKWh: 1 }, /without its currency/],
    [{ stepS: 1, steps: 1, currency: 'EUR' }, /without a price/],
  ])('refuses %j', async (options, message) => {
    await expect(gpuHours(options)).rejects.toThrow(message);
  });
});
