const ODD = (width) => Math.max(1, 2 * Math.floor((width - 1) / 2) + 1);
const ROOM_ABOVE = 0.12, ROOM_BELOW = 0.3, VOLUME_SHARE = 0.18;

export default {
  data() {
    return { read: null, away: false, moving: false, bodyWidth: 1, zone: zoneName(), spoken: '' };
  },
  computed: {
    dark() { return this.$vuetify.theme.current.dark; },
    empty() { return !this.first; },
    liveColour() { return this.live[4] < this.live[1] ? 'var(--mlw-down)' : 'var(--mlw-up)'; },
  },
  watch: {
    bars() { this.take(); },
    live() { this.tick(); },
    reach() { this.tick(); },
    async parts(parts) { this.models = await this.find({ ...parts, figure: this.figure }); this.tick(); },
    averages_shown() { this.take(); },
    sessions_shown() { this.refresh(); },
    language() { this.ticks = ''; this.take(); },
  },
  async mounted() {
    this.models = await this.find({ ...this.parts, figure: this.figure });
    this.onMove = () => { if (!this.scaling) this.refresh(); };
    this.models.x.on('domain_changed', this.onMove);
    this.onWheel = (event) => this.zoom(event);
    this.$refs.plot.addEventListener('wheel', this.onWheel, { passive: false });
    this.resizing = new ResizeObserver(() => this.measure());
    this.resizing.observe(this.$refs.plot);
    this.measure();
    this.take();
    this.tick();
  },
  beforeUnmount() {
    if (!this.models) return;
    this.models.x.off('domain_changed', this.onMove);
    this.$refs.plot.removeEventListener('wheel', this.onWheel);
    this.resizing.disconnect();
    clearTimeout(this.sending);
  },
  methods: {
    ...NAVIGATION,
    ...READ_OUT,
    ...SESSIONS,
    async find(parts) {
      const one = (name) => this.viewCtx.getModelById(name.substring(10));
      const found = Object.entries(parts).map(async ([name, widget]) => [
        name, await (Array.isArray(widget) ? Promise.all(widget.map(one)) : one(widget)),
      ]);
      return Object.fromEntries(await Promise.all(found));
    },
    // What is in view, and where it is on the screen.
    view() {
      const [start, end] = this.wanted || this.models.x.domain.map(Number);
      const { left, right, top, bottom } = this.margin;
      return { start, end, left, top, width: this.size.width - left - right, height: this.size.height - top - bottom };
    },
    // Asking the page for a size makes it lay everything out, so it is asked seldom.
    measure() {
      const plot = this.$refs.plot;
      this.size = { width: plot.clientWidth, height: plot.clientHeight };
      this.refresh();
    },
    take() {
      this.candles = readCandles(this.bars, this.averages.length);
      this.refresh();
    },
    tick() {
      if (!this.models) return;
      const [time, open, high, low, close, volume] = this.live;
      const middle = time + this.step / 2;
      const draw = (mark, bottom, top) => mark.set(this.live.length
        ? { x: Float64Array.of(middle, middle), y: Float64Array.of(bottom, top) }
        : { x: new Float64Array(0), y: new Float64Array(0) });
      const [volumes, wick, body] = this.models.live;
      const thin = open === close ? open * 2e-5 : 0;
      draw(volumes, 0, volume);
      draw(wick, low, high);
      draw(body, Math.min(open, close) - thin, Math.max(open, close) + thin);
      if (this.live.length) this.models.anchored.forEach((mark) => this.anchor(mark, close));
      this.refresh();
    },
    // Drawn candles may be longer than a forecast looks ahead: it starts in the stored one.
    anchor(mark, price) {
      const x = mark.get('x').slice(), y = mark.get('y').slice(), end = +x[x.length - 1];
      if (!x.length || end <= this.last) return;
      const middle = this.last + this.base / 2;
      if (middle < end) x[0] = middle;
      y[0] = price;
      mark.set({ x, y });
    },
    // Once a frame at most: limits of the prices, widths, ticks, price line, crosshair.
    refresh() {
      if (!this.models || this.waiting) return;
      this.waiting = requestAnimationFrame(() => { this.waiting = null; this.fit(); });
    },
    fit() {
      if (!this.$refs.plot) return;
      const view = this.view();
      if (!(view.width > 0)) return;
      this.scale(view);
      this.bodyWidth = ODD((this.step / (view.end - view.start)) * view.width * 0.76);
      this.away = Boolean(this.last) && (this.last > view.end || this.last + this.step < view.start);
      this.drawTicks(view);
      this.drawSessions(view);
      this.drawPrice(view);
      this.drawCrosshair(view);
    },
    // Marks redraw at each change of a scale. Held back while the times change, they do so once,
    // when the prices change too: those are moved by a hair where they stay the same.
    scale(view) {
      const { x, price, volume, figure } = this.models;
      const found = extent(this.candles, this.live, this.step, view.start, view.end, this.reach);
      if (this.wanted) {
        const iso = (time) => new Date(Math.round(time)).toISOString();
        const marks = found ? figure.get('marks') : [];
        this.scaling = true;
        marks.forEach((mark) => { mark.dirty = true; });
        x.set({ min: iso(this.wanted[0]), max: iso(this.wanted[1]) });
        marks.forEach((mark) => { mark.dirty = false; });
        this.scaling = false;
        this.hair = this.hair === 1e-9 ? 2e-9 : 1e-9;
      }
      if (found) {
        const hair = 1 + (this.hair || 0);
        const span = (found.high - found.low || found.high * 0.01) * hair;
        price.set({ min: found.low - span * ROOM_BELOW, max: found.high + span * ROOM_ABOVE });
        this.drawPrices(price.get('min'), price.get('max'));
        volume.set({ min: 0, max: ((found.volume || 1) / VOLUME_SHARE) * hair });
      }
      this.wanted = null;
    },
    drawTicks(view) {
      const ticks = timeTicks(view.start, view.end, Math.max(2, view.width / 110));
      if (ticks.join() === this.ticks) return;
      this.ticks = ticks.join();
      const labels = Object.fromEntries(ticks.map((time) => [time, tickLabel(time, this.language)]));
      this.models.time_axis.set({ tick_labels: labels, tick_values: Float64Array.from(ticks) });
    },
    drawPrices(min, max) {
      const ticks = priceTicks(min, max);
      if (ticks.join() === (this.levels || '')) return;
      this.levels = ticks.join();
      this.models.figure.get('axes')[1].set({ tick_values: Float64Array.from(ticks) });
    },
    newest() {
      if (this.live.length) return this.live;
      const { candles } = this, at = candles.count - 1;
      return at >= 0 && candles.time[at] + this.step > this.last ? ROWS.map((name) => candles[name][at]) : null;
    },
    drawPrice(view) {
      const newest = this.newest(), line = this.$refs.price;
      line.style.display = newest ? 'block' : 'none';
      if (!newest) return;
      line.style.width = `${view.left + view.width}px`;
      line.style.setProperty('--mlw-tag', newest[4] < newest[1] ? 'var(--mlw-down-tag)' : 'var(--mlw-up-tag)');
      line.style.transform = `translateY(${Math.round(this.pixelOf(newest[4], view))}px)`;
      line.firstChild.textContent = this.price(newest[4]);
      this.spoken = `${this.symbol} ${this.timeframe} ${this.price(newest[4])}. ${this.words.help}`;
    },
    pixelOf(price, view) {
      const { min, max } = this.models.price;
      return view.top + ((max - price) / (max - min)) * view.height;
    },
    price(value) {
      return value.toLocaleString('en-US', { minimumFractionDigits: this.decimals, maximumFractionDigits: this.decimals });
    },
  },
};
