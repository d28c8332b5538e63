const SETTLING = 10;  // seconds that the next forecast may take, as in trust.py
const SPANS = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]];

export default {
  data() { return { clock: Date.now(), asked: false }; },
  computed: {
    again() {
      const query = this.model.query || this.query;
      return pageAddress('ml', `${query}${query ? '&' : ''}tab=train`);
    },
    target() { return isOwnPage() ? null : '_blank'; },
    // Seconds to the target, by the page's own clock or the replay's.
    seconds() { return Math.ceil((this.forecast.target_at - (this.now ?? this.clock)) / 1000); },
    // A kernel that is busy or gone says nothing of a target that passes.
    over() { return this.seconds <= 0; },
    trusted() { return this.forecast.trusted && this.seconds > -SETTLING; },
    left() { return this.over ? this.words.passed : this.words.in.replace('%', this.span(this.seconds)); },
  },
  mounted() { this.beat = setInterval(() => { this.clock = Date.now(); }, 1000); },
  beforeUnmount() { clearInterval(this.beat); },
  methods: {
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
