/** Counts checks; each is told by a sentence that says what must hold. */
export class Suite {
  #counts = { passed: 0, failed: 0, skipped: 0 };
  #place = '';

  /** Names what the checks that follow are about. */
  at(place) {
    this.#place = place;
    console.log(`\n${place}`);
  }

  async check(sentence, body) {
    const start = performance.now();
    try {
      await body();
      this.#counts.passed += 1;
      console.log(`  ok    ${sentence} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
    } catch (error) {
      this.#counts.failed += 1;
      const text = error instanceof Error ? error.message : String(error);
      console.log(
        `  FAIL  ${sentence} [${this.#place}]\n        ${text.replaceAll('\n', '\n        ')}`,
      );
    }
  }

  /** Runs checks that depend on each other; what stops them all counts as one failure. */
  async part(name, body) {
    try {
      await body();
    } catch (error) {
      await this.check(`${name} runs to its end`, () => {
        throw error;
      });
    }
  }

  skip(sentence, reason) {
    this.#counts.skipped += 1;
    console.log(`  skip  ${sentence}: ${reason}`);
  }

  /** Prints the counts and sets the exit status. */
  finish() {
    const { passed, failed, skipped } = this.#counts;
    console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
    process.exitCode = failed > 0 ? 1 : 0;
  }
}
