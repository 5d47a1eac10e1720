const SECONDS = 10;

/**
 * Machines with NVIDIA GPUs: as the trees of processors, with their management library in place of the
 * tree. `visible` is `CUDA_VISIBLE_DEVICES`; the truth is that of the GPUs that CUDA programs then see.
 */
export const GPU_CASES = [
  {
    name: 'two GPUs, 300 and 400 W',
    asked: 'exact',
    why: 'nothing is wrong',
    count: 2,
    run: (gpus, pass) => repeat(3, pass, () => drawAll(gpus, [3000, 4000])),
  },
  {
    name: 'the counter falls: the driver was loaded anew',
    asked: 'less, said',
    why: 'what it had counted is lost; CodeCarbon takes the power at the end for the whole time, which a steady load makes right',
    count: 1,
    run: (gpus, pass) =>
      repeat(4, pass, (step) => {
        const joules = drawAll(gpus, [3000]);
        if (step === 2) gpus.states[0].mj = 1_000_000;
        return joules;
      }),
  },
  {
    name: 'the counter falls after a burst',
    asked: 'less, said',
    why: 'the same, where the power at the end is not that of the whole time',
    count: 1,
    run: (gpus, pass) =>
      repeat(4, pass, (step) => {
        const joules = drawAll(gpus, [3000]);
        if (step === 2) Object.assign(gpus.states[0], { mj: 1_000_000, mw: 60_000 });
        return joules;
      }),
  },
  {
    name: 'lost in mid-run (Xid 79)',
    asked: 'less, said',
    why: 'what was counted stays; that the rest is missing has to be said',
    count: 2,
    run: (gpus, pass) =>
      repeat(4, pass, (step) => {
        if (step === 2) gpus.states[1].isLost = true;
        return drawAll(gpus, [3000, 4000]);
      }),
  },
  {
    name: 'lost for two readings',
    asked: 'exact, said',
    why: 'the counter counted on: its next reading has it all',
    count: 1,
    run: (gpus, pass) =>
      repeat(5, pass, (step) => {
        gpus.states[0].isLost = step === 1 || step === 2;
        return drawAll(gpus, [3000]);
      }),
  },
  {
    name: 'MIG-<uuid>, an instance of GPU 0 of 2',
    asked: 'exact',
    why: 'NVML has no energy of instances: it is the whole GPU, as the note of the meter says; CodeCarbon knows no instances',
    count: 2,
    migUuids: ['MIG-11f0aaaa-1', 'MIG-11f0bbbb-2'],
    visible: 'MIG-11f0aaaa-1',
    run: (gpus, pass) => repeat(3, pass, () => drawAll(gpus, [3000, 4000], [0])),
  },
  visible('1', [1], 'an index'),
  visible('GPU-1', [1], 'the beginning of a UUID; CodeCarbon takes M, I, G and - off it first'),
  visible('1,-1,2', [1], 'CUDA stops at the first index that is not there'),
  visible('-1', [], 'none may be used'),
  visible('', [], 'none may be used'),
  visible('0,0', [], 'CUDA takes none of a list with duplicates'),
  visible('GPU-', [], 'not unique, so it names none'),
];

function visible(value, seen, why) {
  return {
    name: `CUDA_VISIBLE_DEVICES="${value}", 3 GPUs`,
    asked: seen.length === 0 ? 'none, said' : 'exact',
    why,
    count: 3,
    visible: value,
    run: (gpus, pass) => repeat(2, pass, () => drawAll(gpus, [3000, 4000, 5000], seen)),
  };
}

/** All draw; those that are `seen` count. */
function drawAll(gpus, joules, seen = joules.map((_, index) => index)) {
  joules.forEach((one, index) => gpus.draw(index, one, SECONDS));
  return seen.reduce((sum, index) => sum + joules[index], 0);
}

async function repeat(times, pass, step) {
  await pass(0);
  let total = 0;
  for (let at = 0; at < times; at++) {
    total += step(at);
    await pass(SECONDS);
  }
  return total;
}
