// Crosshair and read-out: methods of the price chart that say what the pointer is at.
const READ_OUT = {
  drawCrosshair(view) {
    const { level, time } = this.$refs;
    const inside = !this.empty && this.pointer && this.pointer.x < view.left + view.width && this.pointer.y < view.top + view.height;
    for (const line of [level, time]) line.style.display = inside ? 'block' : 'none';
    const at = inside ? view.start + ((this.pointer.x - view.left) / view.width) * (view.end - view.start) : null;
    this.readOut(at);
    if (!inside) return;
    const opened = this.opened(at), middle = opened + this.step / 2;
    const x = view.left + ((middle - view.start) / (view.end - view.start)) * view.width;
    const { min, max } = this.models.price;
    level.style.width = `${view.left + view.width}px`;
    level.style.transform = `translateY(${Math.round(this.pointer.y)}px)`;
    level.firstChild.textContent = this.price(max - ((this.pointer.y - view.top) / view.height) * (max - min));
    time.style.height = `${view.top + view.height}px`;
    time.style.transform = `translateX(${Math.round(x)}px)`;
    time.firstChild.textContent = momentLabel(opened, this.step, this.language);
  },
  opened(time) {
    const { candles, step } = this, at = indexAt(candles.time, time);
    const near = at >= 0 ? candles.time[at] : this.last;
    return near + Math.floor((time - near) / step) * step;
  },
  // The candle under the pointer, else the newest one, as the line at the top says it.
  readOut(time) {
    const { candles, live } = this;
    let row = this.newest(), means = [];
    const at = time === null ? candles.count - 1 : indexAt(candles.time, time);
    if (time !== null && !(time >= live[0])) {
      row = at >= 0 && time < candles.time[at] + this.step ? ROWS.map((name) => candles[name][at]) : null;
    }
    if (at >= 0 && candles.means.length) means = candles.means.map((mean) => (Number.isFinite(mean[at]) ? this.price(mean[at]) : '–'));
    const key = row && `${row}${means}${this.language}`;
    if (key === this.readKey) return;
    this.readKey = key;
    this.read = row && this.inWords(row, means);
  },
  inWords([, open, high, low, close, volume], means) {
    const change = ((close - open) / open) * 100;
    const parts = [['open', open], ['high', high], ['low', low], ['close', close]];
    return {
      rising: close >= open, means, volume: shortNumber(volume),
      change: `${change >= 0 ? '+' : '−'}${Math.abs(change).toFixed(2)} %`,
      parts: parts.map(([name, value]) => ({ name: this.words[name], value: this.price(value) })),
    };
  },
};
