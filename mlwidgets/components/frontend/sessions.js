// Days and weekends of UTC behind the candles: methods of the price chart that draw them.
const LEAST_DAY = 48, LEAST_WEEKEND = 12, FRIDAY = 1; // pixels; 1970-01-02 was a Friday

const SESSIONS = {
  drawSessions(view) {
    const { days, weekends } = this.$refs;
    const scale = view.width / (view.end - view.start);
    const shown = this.sessions_shown && !this.empty && this.step < DAY;
    days.setAttribute('d', shown && DAY * scale >= LEAST_DAY ? this.dayLines(view, scale) : '');
    weekends.setAttribute('d', shown && 2 * DAY * scale >= LEAST_WEEKEND ? this.weekendBands(view, scale) : '');
  },
  dayLines({ start, end, left, top, height }, scale) {
    let lines = '';
    for (let day = Math.ceil(start / DAY) * DAY; day <= end; day += DAY) {
      lines += `M${Math.round(left + (day - start) * scale) + 0.5} ${top}v${height}`;
    }
    return lines;
  },
  weekendBands({ start, end, left, top, width, height }, scale) {
    let bands = '';
    const first = (FRIDAY + 1) * DAY + Math.floor((start / DAY - FRIDAY - 1) / 7) * 7 * DAY;
    for (let day = first; day <= end; day += 7 * DAY) {
      const from = Math.max(left, left + (day - start) * scale);
      const until = Math.min(left + width, left + (day + 2 * DAY - start) * scale);
      if (until > from) bands += `M${from} ${top}H${until}v${height}H${from}z`;
    }
    return bands;
  },
};
