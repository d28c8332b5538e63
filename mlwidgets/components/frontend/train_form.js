let trainForms = 0;

export default {
  data() {
    trainForms += 1;
    return {
      uid: `mlw-train-${trainForms}-`,
      typed: {},
      open: false,
      fields: [{ name: 'n_trials', word: 'trials' }, { name: 'n_folds', word: 'folds' }, { name: 'seed', word: 'seed' }],
    };
  },
  computed: {
    rangeProblems() { return this.ranges.filter((row) => this.problems[row.name]).length; },
  },
  watch: {
    values: { immediate: true, handler(values) { this.adopt(values); } },
    ranges: {
      immediate: true,
      handler(rows) {
        rows.forEach((row) => ['low', 'high', 'options', 'value'].forEach(
          (part) => this.adopt({ [`${row.name} ${part}`]: row[part] })));
      },
    },
  },
  methods: {
    // What comes back is older than what is being typed: a field keeps its text while it has the focus.
    adopt(values) {
      const focused = document.activeElement && this.$el && this.$el.contains(document.activeElement)
        ? document.activeElement.name : null;
      Object.entries(values).forEach(([name, value]) => { if (name !== focused) this.typed[name] = value; });
    },
    type(name, value) { this.typed[name] = value; this.edit({ name, value }); },
    typeRange(name, part, value) { this.typed[`${name} ${part}`] = value; this.edit_range({ name, part, value }); },
    parts(row) {
      if (row.kind === 'choice') return [{ name: 'options', word: 'options' }];
      if (row.kind === 'fixed') return [{ name: 'value', word: 'value' }];
      return [{ name: 'low', word: 'low' }, { name: 'high', word: 'high' }];
    },
    begin() { if (!this.blocked && !this.busy) this.start(); },
  },
};
