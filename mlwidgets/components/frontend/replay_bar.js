export default {
  watch: {
    // The keys work at once, without a click on the strip.
    active(active) { if (active) this.$nextTick(() => this.$refs.bar.focus()); },
  },
  methods: {
    // A moment as the field for local times writes it.
    local(time) {
      if (!time) return '';
      const there = new Date(time);
      return new Date(time - there.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
    },
    choose(field) {
      const time = new Date(field.value).getTime();
      if (Number.isFinite(time)) this.jump(time);
      else field.value = this.local(this.now);
    },
    press(event) {
      if (!this.active || event.ctrlKey || event.metaKey || event.altKey) return;
      const tag = event.target.tagName;
      if (tag === 'INPUT') return;
      const steps = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (steps > 0 && this.ended) return;
      if (steps) this.step(steps);
      else if (event.key === ' ' && tag !== 'BUTTON') { if (!this.ended) this.toggle(); }
      else return;
      event.preventDefault();
      event.stopPropagation(); // a notebook has keys of its own
    },
  },
};
