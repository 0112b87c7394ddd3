import { number } from './compare.mjs';

const [rowHeight, top, left, width, scaleMax] = [30, 34, 52, 520, 2];

/** One bar per figure with a goal: its median as a part of the goal, so that all have the same line to reach. More is better in each. */
export function chart(results, meets) {
  const shown = results.filter(({ atLeast, atMost }) => atLeast !== undefined || atMost !== undefined);
  const x = (value) => left + (Math.min(value, scaleMax) / scaleMax) * width;
  const bars = shown.map((result, index) => {
    const part = (value) => (result.atLeast === undefined ? result.atMost / value : value / result.atLeast);
    const y = top + index * rowHeight;
    const { median, min, max } = result.ratio;
    const [low, high] = [part(min), part(max)].sort((a, b) => a - b);
    const fill = meets(result) === 'missed' ? '#b3261e' : '#2f6f4f';
    const goal = `${result.atLeast === undefined ? '≤' : '≥'} ${result.atLeast ?? result.atMost}`;
    const text = `${number(median)}${result.unit ? ` ${result.unit}` : ''} (${goal})${part(median) > scaleMax ? ' »' : ''}`;
    return [
      `<text x="8" y="${y + 14}">${result.id}</text>`,
      `<rect x="${left}" y="${y}" width="${(x(part(median)) - left).toFixed(1)}" height="18" fill="${fill}"/>`,
      `<line x1="${x(low).toFixed(1)}" x2="${x(high).toFixed(1)}" y1="${y + 22}" y2="${y + 22}" stroke="#555" stroke-width="2"/>`,
      `<text x="${left + width + 12}" y="${y + 14}">${text}</text>`,
    ].join('');
  });
  const height = top + shown.length * rowHeight + 8;
  const goalAt = x(1).toFixed(1);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left + width + 170} ${height}" font-family="sans-serif" font-size="13"><title>Medians as parts of their goals</title><rect width="100%" height="100%" fill="#fff"/><text x="${goalAt}" y="16" text-anchor="middle">goal</text>${bars.join('')}<line x1="${goalAt}" x2="${goalAt}" y1="22" y2="${height - 6}" stroke="#000" stroke-dasharray="4 3"/></svg>\n`;
}
