export default {
  data() { return { id: `backtest-${Math.random().toString(36).slice(2)}-`, typed: {}, kinds: {} }; },
  watch: { fillings() { this.typed = {}; } },
  methods: {
    // What a person types stays as typed, in the same kind of field, while the kernel answers.
    shown(field) { return this.typed[field.name] ?? field.value; },
    type(field, value) {
      this.kinds[field.name] ??= field.kind;
      if (this.typed[field.name] === undefined) this.kinds[field.name] = field.kind;
      this.typed[field.name] = value;
      this.edit({ name: field.name, value });
    },
    submit() { if (this.run_button.enabled) this.run(); },
  },
};
