const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

export default {
  // A panel is drawn when it is first seen: charts measure the room that they have.
  data() { return { visited: {}, own: Math.random().toString(36).slice(2) }; },
  created() { this.visited[this.active] = true; },
  watch: {
    active(name) {
      this.visited[name] = true;
      // The window may have become another while this panel was out of sight.
      this.$nextTick(() => window.dispatchEvent(new Event('resize')));
    },
  },
  methods: {
    id(name) { return `mlw-tab-${this.own}-${name}`; },
    open(name) { this.active = name; },
    move(event) {
      const names = this.titles.map((tab) => tab.name);
      const at = names.indexOf(this.active);
      const to = { Home: 0, End: names.length - 1 }[event.key]
        ?? (STEPS[event.key] && (at + STEPS[event.key] + names.length) % names.length);
      if (to === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      this.open(names[to]);
      document.getElementById(this.id(names[to])).focus();
    },
  },
};
