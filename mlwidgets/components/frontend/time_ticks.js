// Where the time axis has ticks, in the viewer's own time zone, and what it says there.
const MINUTE = 60e3, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const TICK_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720].map((m) => m * MINUTE);
const DAY_STEPS = [1, 2, 3, 5, 7, 14];
const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60, 120];

function timeTicks(start, end, most) {
  const span = (end - start) / most;
  const step = TICK_STEPS.find((candidate) => candidate >= span);
  if (step) return ticksOfDays(start, end, step);
  const days = DAY_STEPS.find((candidate) => candidate * DAY >= span);
  if (days) return ticksOfMonths(start, end, 1, days);
  const months = MONTH_STEPS.find((candidate) => candidate * 30 * DAY >= span) || 240;
  return ticksOfMonths(start, end, months, 0);
}

function ticksOfDays(start, end, step) {
  const ticks = [];
  const day = new Date(start);
  day.setHours(0, 0, 0, 0);
  for (; +day <= end; day.setDate(day.getDate() + 1)) {
    const next = new Date(day);
    next.setDate(next.getDate() + 1);
    // A tick too near to the next midnight gives way: days with a clock change are 23 or 25 hours.
    for (let time = +day; time < +next - step / 2; time += step) ticks.push(time);
  }
  return ticks.filter((time) => time >= start && time <= end);
}

function ticksOfMonths(start, end, months, days) {
  const ticks = [];
  const month = new Date(new Date(start).getFullYear(), 0, 1);
  for (; +month <= end; month.setMonth(month.getMonth() + months)) {
    const next = new Date(month);
    next.setMonth(next.getMonth() + months);
    const day = new Date(month);
    do {
      ticks.push(+day);
      day.setDate(day.getDate() + days);
    } while (days && +day < +next - (days * DAY) / 2);
  }
  return ticks.filter((time) => time >= start && time <= end);
}

function tickLabel(time, language) {
  const date = new Date(time);
  const say = (options) => date.toLocaleString(language, options);
  if (date.getHours() || date.getMinutes()) return clock(date);
  if (date.getDate() !== 1) return say({ day: 'numeric', month: 'short' });
  return date.getMonth() ? say({ month: 'short' }) : String(date.getFullYear());
}

function clock(date) {
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
}

function momentLabel(time, step, language) {
  const date = new Date(time);
  const day = date.toLocaleDateString(language, {
    weekday: 'short', day: 'numeric', month: 'short', year: 'numeric',
  });
  return step < DAY ? `${day}  ${clock(date)}` : day;
}

function zoneName() {
  const minutes = -new Date().getTimezoneOffset();
  if (!minutes) return 'UTC';
  const size = Math.abs(minutes), rest = size % 60;
  return `UTC${minutes < 0 ? '−' : '+'}${Math.floor(size / 60)}${rest ? `:${String(rest).padStart(2, '0')}` : ''}`;
}
