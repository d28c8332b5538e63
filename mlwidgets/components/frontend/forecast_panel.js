const SPANS = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]];

export default {
  data() { return { passed: 0, asked: false }; },
  computed: {
    link() { return pageAddress('ml', this.query); },
    again() { return pageAddress('ml', `${this.query}${this.query ? '&' : ''}tab=train`); },
    target() { return isOwnPage() ? null : '_blank'; },
    // The time is told now and then; the page counts on from there.
    left() {
      if (!this.forecast.target_at || !this.time) return this.forecast.countdown;
      const seconds = Math.ceil((this.forecast.target_at - this.time - this.passed * this.pace) / 1000);
      return seconds > 0 ? this.words.in.replace('%', this.span(seconds)) : this.words.passed;
    },
  },
  watch: { time() { this.begin(); } },
  mounted() { this.begin(); this.beat = setInterval(() => this.count(), 1000); },
  beforeUnmount() { clearInterval(this.beat); },
  methods: {
    begin() { this.began = performance.now(); this.passed = 0; },
    count() { this.passed = performance.now() - this.began; },
    // Two units: minutes beside hours, seconds beside minutes.
    span(seconds) {
      const at = SPANS.findIndex(([, size]) => seconds >= size);
      return SPANS.slice(at, at + 2).map(([name, size], of) => {
        const count = Math.floor((of ? seconds % SPANS[at][1] : seconds) / size);
        return this.words.units[name].replace('%', count);
      }).join(' ');
    },
  },
};
