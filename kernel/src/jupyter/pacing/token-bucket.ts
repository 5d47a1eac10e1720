import type { Allowance } from './limits';

/**
 * The token bucket of traffic shaping. What is taken may exceed what is there: then nothing may be taken
 * until the debt is paid, so one large message isn't held for ever.
 */
export class TokenBucket {
  private tokens: number;
  private at: number;

  /** `now` in milliseconds. */
  constructor(
    private readonly allowance: Allowance,
    private readonly now: () => number,
  ) {
    this.tokens = allowance.burst;
    this.at = now();
  }

  /** Milliseconds until something may be taken; 0 for at once. */
  waitMs(): number {
    this.refill();
    return this.tokens > 0 ? 0 : ((1 - this.tokens) / this.allowance.perSecond) * 1000;
  }

  take(amount: number): void {
    this.refill();
    this.tokens -= amount;
  }

  /** A whole burst may be taken again. */
  fill(): void {
    this.tokens = this.allowance.burst;
    this.at = this.now();
  }

  private refill(): void {
    const now = this.now();
    const { burst, perSecond } = this.allowance;
    this.tokens = Math.min(burst, this.tokens + ((now - this.at) / 1000) * perSecond);
    this.at = now;
  }
}
