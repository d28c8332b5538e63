// The drawn candles as the kernel sends them, and questions about them.
const ROWS = ['time', 'open', 'high', 'low', 'close', 'volume'];

function readCandles(bytes, averages) {
  const numbers = bytes && bytes.byteLength
    ? new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
    : new Float64Array(0);
  const count = numbers.length / (ROWS.length + averages);
  const row = (at) => numbers.subarray(at * count, (at + 1) * count);
  const candles = { count, means: Array.from({ length: averages }, (_, at) => row(ROWS.length + at)) };
  ROWS.forEach((name, at) => { candles[name] = row(at); });
  return candles;
}

function indexAt(times, time) {
  let low = 0, high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= time) low = middle + 1; else high = middle;
  }
  return low - 1;
}

// Lowest and highest price and most volume between two times; null where there is nothing.
function extent(candles, live, step, start, end, reach) {
  let low = Infinity, high = -Infinity, volume = 0;
  const first = Math.max(0, indexAt(candles.time, start - step) + 1);
  for (let at = first; at < candles.count && candles.time[at] <= end; at++) {
    if (candles.low[at] < low) low = candles.low[at];
    if (candles.high[at] > high) high = candles.high[at];
    if (candles.volume[at] > volume) volume = candles.volume[at];
  }
  const inView = (from, to) => from <= end && to >= start;
  if (live.length && inView(live[0], live[0] + step)) {
    low = Math.min(low, live[3]); high = Math.max(high, live[2]); volume = Math.max(volume, live[5]);
  }
  for (const [from, to, bottom, top] of reach) {
    if (inView(from, to)) { low = Math.min(low, bottom); high = Math.max(high, top); }
  }
  return high > -Infinity ? { low, high, volume } : null;
}

// Where the price axis has ticks if the room below the candles reaches below zero, where no price
// is; elsewhere nowhere in particular, so that the axis chooses.
function priceTicks(min, max) {
  if (min >= 0 || max <= 0) return [];
  const rough = (max - min) / 10, unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((size) => size * unit >= rough) * unit;
  return Array.from({ length: Math.floor(max / step) + 1 }, (_, at) => at * step);
}

function shortNumber(value) {
  const units = [[1e9, 'B'], [1e6, 'M'], [1e3, 'K']];
  const unit = units.find(([size]) => Math.abs(value) >= size);
  if (unit) return `${(value / unit[0]).toFixed(2)}${unit[1]}`;
  const small = value && Math.abs(value) < 1;
  return small ? value.toLocaleString('en-US', { maximumSignificantDigits: 3 }) : value.toFixed(2);
}
