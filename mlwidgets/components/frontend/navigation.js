// Pointer, wheel and keys: methods of the price chart that move its view.
const FEWEST = 8, SEND_EVERY = 120;

const NAVIGATION = {
  move(event) {
    const box = this.grabbed ? this.grabbed.box : this.$refs.plot.getBoundingClientRect();
    this.pointer = { x: event.clientX - box.left, y: event.clientY - box.top };
    if (this.grabbed) {
      const { start, end, x, scale } = this.grabbed;
      const shift = (x - this.pointer.x) * scale;
      this.show(start + shift, end + shift);
    }
    this.refresh();
  },
  grab(event) {
    if (event.button) return;
    this.move(event);
    const { start, end, width } = this.view();
    const box = this.$refs.plot.getBoundingClientRect();
    this.grabbed = { start, end, box, x: this.pointer.x, scale: (end - start) / width };
    this.moving = true;
    this.$refs.plot.setPointerCapture(event.pointerId);
  },
  release() { this.grabbed = null; this.moving = false; },
  leave() { if (!this.grabbed) { this.pointer = null; this.refresh(); } },
  zoom(event) {
    event.preventDefault();
    const { start, end, left, width } = this.view();
    const unit = event.deltaMode ? 16 : 1;
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      const shift = ((event.deltaX * unit) / width) * (end - start);
      this.show(start + shift, end + shift);
      return;
    }
    const factor = Math.exp(Math.max(-240, Math.min(240, event.deltaY * unit)) * 0.0016);
    const box = this.$refs.plot.getBoundingClientRect();
    this.stretch(factor, start + ((event.clientX - box.left - left) / width) * (end - start));
  },
  stretch(factor, around) {
    const { start, end } = this.view();
    const span = Math.max(FEWEST * this.base, Math.min((end - start) * factor, this.most()));
    const share = (around - start) / (end - start);
    this.show(around - span * share, around + span * (1 - share));
  },
  press(event) {
    const { start, end } = this.view(), step = (end - start) / 10;
    const acts = {
      ArrowLeft: () => this.show(start - step, end - step),
      ArrowRight: () => this.show(start + step, end + step),
      '+': () => this.stretch(0.8, (start + end) / 2),
      '=': () => this.stretch(0.8, (start + end) / 2),
      '-': () => this.stretch(1.25, (start + end) / 2),
      End: () => this.jump(null),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  },
  most() { return 1.4 * Math.max(this.last - this.first, 50 * this.base); },
  show(start, end) {
    const span = end - start;
    const from = Math.min(Math.max(start, this.first - span * 0.8), this.last - span * 0.1);
    this.wanted = [from, from + span];
    this.send();
    this.refresh();
  },
  // To the newest candles. What a drag has still to tell would reach the kernel later and undo it.
  jump(length) {
    if (this.sending || this.models.x._pending_msgs > 0) setTimeout(() => this.jump(length), 30);
    else this.show_span(length);
  },
  // Tells the kernel at once, then no more often than it takes to answer.
  send() {
    this.unsent = true;
    if (this.sending) return;
    this.unsent = false;
    requestAnimationFrame(() => this.models.x.save_changes());
    this.sending = setTimeout(() => { this.sending = null; if (this.unsent) this.send(); }, SEND_EVERY);
  },
};
