export default {
  data() { return { id: `config-${Math.random().toString(36).slice(2)}-`, typed: {}, opened: false }; },
  computed: {
    // What is wrong must be in sight.
    open() { return this.opened || this.more.some((field) => field.problem); },
  },
  watch: { fillings() { this.typed = {}; } },
  methods: {
    // What a person types stays as typed while the kernel's answer is on its way.
    shown(field) { return this.typed[field.name] ?? field.value; },
    type(field, value) {
      this.typed[field.name] = value;
      this.edit({ name: field.name, value });
    },
  },
};
