export default {
  data() { return { id: `compare-${Math.random().toString(36).slice(2)}-`, typed: {}, opened: {} }; },
  watch: { 'form.fillings'() { this.typed = {}; } },
  methods: {
    // What a person types stays as typed while the kernel's answer is on its way.
    shown(field) { return this.typed[field.name] ?? field.value; },
    type(field, value) {
      this.typed[field.name] = value;
      this.edit({ name: field.name, value });
    },
  },
};
