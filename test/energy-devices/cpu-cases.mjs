import { AMD_RANGE, INTEL_RANGE } from './lib/tree.mjs';

const PACKAGE = 'intel-rapl:0';
const SECOND = 'intel-rapl:1';

/**
 * Trees of processors. `run` gets a tree and `pass(seconds)`, which lets time go by and reads; it returns
 * the joules that were drawn. The first `pass` comes after the readers have begun. What is asked of ours:
 * - `exact`: the truth to the microjoule, and nothing is missing;
 * - `exact, said`: the truth, and that something was wrong on the way;
 * - `less, said`: not more than the truth, and that something is missing;
 * - `none, said`: no figure, with the reason.
 */
export const CPU_CASES = [
  {
    name: 'one package, 100 W',
    asked: 'exact',
    why: 'nothing is wrong',
    run: (tree, pass) => steady(tree, pass, 10, 1000),
  },
  {
    name: 'package and DRAM',
    asked: 'exact',
    why: 'DRAM lies outside of the package on servers; CodeCarbon models memory beside it instead',
    run: async (tree, pass) => {
      tree.zone(PACKAGE, 'package-0', { at: 50 });
      tree.zone('intel-rapl:0:0', 'core', { at: 40 });
      tree.zone('intel-rapl:0:1', 'dram', { at: 7 });
      return repeat(5, pass, () => {
        tree.draw(PACKAGE, 1000);
        tree.draw('intel-rapl:0:0', 800);
        tree.draw('intel-rapl:0:1', 100);
        return 1100;
      });
    },
  },
  {
    name: 'wraps once (Intel)',
    asked: 'exact',
    why: 'the counter begins again at its range',
    run: (tree, pass) => steady(tree, pass, 10, 3000, { at: INTEL_RANGE / 1e6 - 10_000 }),
  },
  {
    name: 'wraps 9 times (AMD)',
    asked: 'exact',
    why: 'the counter begins again at its range, each time',
    run: (tree, pass) => steady(tree, pass, 120, 5000, { range: AMD_RANGE, at: 1 }),
  },
  {
    name: 'restarts at 200,000 J',
    asked: 'less, said',
    why: 'taken for a wrap, it would be 62,144 J in 10 s',
    run: async (tree, pass) => {
      tree.zone(PACKAGE, 'package-0', { at: 199_000 });
      return repeat(4, pass, (step) => {
        tree.draw(PACKAGE, 500);
        if (step === 2) tree.show(PACKAGE, 0);
        return 500;
      });
    },
  },
  {
    name: 'one reading of 0',
    asked: 'exact, said',
    why: 'the next reading fits the one before',
    run: (tree, pass) => glitch(tree, pass, 0),
  },
  {
    name: 'one reading 100,000 J too high',
    asked: 'exact, said',
    why: 'no socket draws 10 kW; the next reading fits the one before',
    run: (tree, pass) => glitch(tree, pass, 150_000),
  },
  {
    name: 'leaps by 100,000 J, as after a suspend',
    asked: 'less, said',
    why: 'no socket draws 10 kW; what was drawn meanwhile is not known',
    run: async (tree, pass) => {
      tree.zone(PACKAGE, 'package-0', { at: 50_000 });
      return repeat(4, pass, (step) => {
        tree.draw(PACKAGE, 600);
        if (step === 1) tree.draw(PACKAGE, 100_000);
        return 600;
      });
    },
  },
  {
    name: 'read after 700 s only (AMD, 200 W)',
    asked: 'less, said',
    why: 'the counter wrapped twice, which no reading shows',
    run: async (tree, pass) => {
      tree.zone(PACKAGE, 'package-0', { range: AMD_RANGE, at: 5 });
      await pass(0);
      tree.draw(PACKAGE, 140_000);
      await pass(700);
      return 140_000;
    },
  },
  {
    name: 'dies in mid-run',
    asked: 'less, said',
    why: 'what was counted stays; that the rest is missing has to be said',
    run: async (tree, pass) => {
      tree.zone(PACKAGE, 'package-0', { at: 5 });
      return repeat(5, pass, (step) => {
        tree.draw(PACKAGE, 1000);
        if (step >= 3) tree.vanish(PACKAGE);
        return 1000;
      });
    },
  },
  {
    name: 'gone for two readings',
    asked: 'exact, said',
    why: 'the counter counted on: its next reading has it all',
    run: async (tree, pass) => {
      tree.zone(PACKAGE, 'package-0', { at: 5 });
      return repeat(6, pass, (step) => {
        tree.draw(PACKAGE, 1000);
        if (step === 2 || step === 3) tree.vanish(PACKAGE);
        return 1000;
      });
    },
  },
  {
    name: 'EACCES in mid-run, then allowed',
    asked: 'exact, said',
    why: 'the same',
    run: async (tree, pass) => {
      tree.zone(PACKAGE, 'package-0', { at: 5 });
      return repeat(6, pass, (step) => {
        tree.draw(PACKAGE, 1000);
        if (step === 2) tree.deny(PACKAGE);
        if (step === 4) tree.allow(PACKAGE);
        return 1000;
      });
    },
  },
  {
    name: 'stops in mid-run',
    asked: 'less, said',
    why: 'a processor always draws some power',
    run: async (tree, pass) => {
      tree.zone(PACKAGE, 'package-0', { at: 5 });
      return repeat(4, pass, (step) => {
        if (step < 2) tree.draw(PACKAGE, 1000);
        return 1000;
      });
    },
  },
  {
    name: 'stands at 0, as in virtual machines',
    asked: 'none, said',
    why: 'the same; ours then takes the model',
    run: async (tree, pass) => {
      tree.zone(PACKAGE, 'package-0', { at: 0 });
      return repeat(3, pass, () => 1000);
    },
  },
  {
    name: 'EACCES from the start',
    asked: 'none, said',
    why: 'both then take a model of the processor',
    run: (tree, pass) => {
      tree.zone(PACKAGE, 'package-0', { at: 5 });
      tree.deny(PACKAGE);
      return drawTwo(tree, pass, [PACKAGE]);
    },
  },
  {
    name: 'one of two packages EACCES',
    asked: 'less, said',
    why: 'the other is not the total',
    run: (tree, pass) => {
      tree.zone(PACKAGE, 'package-0', { at: 5 });
      tree.zone(SECOND, 'package-1', { at: 90 });
      tree.deny(SECOND);
      return drawTwo(tree, pass, [PACKAGE, SECOND]);
    },
  },
  {
    name: 'two packages',
    asked: 'exact',
    why: 'nothing is wrong',
    run: (tree, pass) => {
      tree.zone(PACKAGE, 'package-0', { at: 5 });
      tree.zone(SECOND, 'package-1', { at: 90 });
      return drawTwo(tree, pass, [PACKAGE, SECOND]);
    },
  },
  {
    name: 'two packages of one name',
    asked: 'exact',
    why: 'their counters differ, so they are two',
    run: (tree, pass) => {
      tree.zone(PACKAGE, 'package-0', { at: 5 });
      tree.zone(SECOND, 'package-0', { at: 90 });
      return drawTwo(tree, pass, [PACKAGE, SECOND]);
    },
  },
  {
    name: 'two dies mirror one counter',
    asked: 'exact',
    why: 'one counter, shown twice',
    run: (tree, pass) => {
      tree.zone(PACKAGE, 'package-0-die-0', { at: 5 });
      tree.zone(SECOND, 'package-0-die-1', { at: 5 });
      return mirrored(tree, pass, [PACKAGE, SECOND]);
    },
  },
  {
    name: 'MSR and MMIO show one counter',
    asked: 'exact',
    why: 'one counter, by two ways',
    run: (tree, pass) => {
      tree.zone(PACKAGE, 'package-0', { at: 5 });
      tree.zone('intel-rapl-mmio:0', 'package-0', { at: 5 });
      return mirrored(tree, pass, [PACKAGE, 'intel-rapl-mmio:0']);
    },
  },
  {
    name: 'psys beside the package',
    asked: 'exact',
    why: 'psys holds the package again',
    run: async (tree, pass) => {
      tree.zone(PACKAGE, 'package-0', { at: 5 });
      tree.zone(SECOND, 'psys', { at: 9 });
      return repeat(4, pass, () => {
        tree.draw(PACKAGE, 1000);
        tree.draw(SECOND, 2500);
        return 1000;
      });
    },
  },
  {
    name: 'psys alone (2,500 J; the processor 1,000 J)',
    asked: 'none, said',
    why: 'psys is the platform, as its maker sees it: no figure of the processor',
    run: async (tree, pass) => {
      tree.zone(PACKAGE, 'psys', { at: 9 });
      return repeat(1, pass, () => {
        tree.draw(PACKAGE, 2500);
        return 1000;
      });
    },
  },
  {
    name: 'range of 0, and a wrap',
    asked: 'less, said',
    why: 'where it begins again is not known, so that energy is lost when it does',
    run: async (tree, pass) => {
      tree.zone(PACKAGE, 'package-0', { range: 0, at: 261_000 });
      return repeat(4, pass, () => {
        tree.draw(PACKAGE, 500);
        return 500;
      });
    },
  },
];

async function steady(tree, pass, steps, joules, options = { at: 5 }) {
  tree.zone(PACKAGE, 'package-0', options);
  return repeat(steps, pass, () => {
    tree.draw(PACKAGE, joules);
    return joules;
  });
}

async function glitch(tree, pass, shown) {
  tree.zone(PACKAGE, 'package-0', { at: 50_000 });
  return repeat(5, pass, (step) => {
    tree.draw(PACKAGE, 600);
    if (step === 2) tree.glitch(PACKAGE, shown);
    return 600;
  });
}

function drawTwo(tree, pass, ids) {
  return repeat(4, pass, () => {
    ids.forEach((id, index) => tree.draw(id, 1000 + 100 * index));
    return ids.reduce((sum, _, index) => sum + 1000 + 100 * index, 0);
  });
}

function mirrored(tree, pass, ids) {
  return repeat(4, pass, () => {
    for (const id of ids) tree.draw(id, 1000);
    return 1000;
  });
}

/** `step` draws what it returns, before each reading but the first. */
async function repeat(times, pass, step) {
  await pass(0);
  let total = 0;
  for (let at = 0; at < times; at++) {
    total += step(at);
    await pass(10);
  }
  return total;
}
