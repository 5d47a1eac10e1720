import { significant } from '../../display/units';

/** How a score changes by a drop, which is accuracy lost, or loss gained: `−1.7 pt`, `+0.02`. */
export function changeText(drop: number, metric: string): string {
  const isAccuracy = metric === 'accuracy';
  const change = isAccuracy ? -100 * drop : drop;
  const figure = significant(change, isAccuracy ? 2 : 3).replace('-', '−');
  return `${change > 0 ? '+' : ''}${figure}${isAccuracy ? ' pt' : ''}`;
}
