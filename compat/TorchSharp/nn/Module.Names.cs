using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            public virtual IEnumerable<(string name, Module module)> named_children() => ownModules.Items;

            public virtual IEnumerable<Module> children() => named_children().Select(c => c.module);

            /// <summary>This module's descendants, parents first; the module itself is not among them.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach (var (name, child) in named_children())
                {
                    yield return (name, child);
                    foreach (var (inner, module) in child.named_modules())
                    {
                        yield return ($"{name}.{inner}", module);
                    }
                }
            }

            public virtual IEnumerable<Module> modules() => named_modules().Select(m => m.module);

            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true) =>
                Distinct(ownParameters.Items.Concat(recurse ? Deeper(c => c.named_parameters()) : []));

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(p => p.parameter);

            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true) =>
                Distinct(ownBuffers.Items.Where(b => include_nonpersistent || !transient.Contains(b.name))
                    .Concat(recurse ? Deeper(c => c.named_buffers(true, include_nonpersistent)) : []));

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(b => b.buffer);

            public virtual bool has_parameter(string target) => named_parameters().Any(p => string.Equals(p.name, target, StringComparison.Ordinal));

            public virtual Parameter? get_parameter(string target) =>
                named_parameters().FirstOrDefault(p => string.Equals(p.name, target, StringComparison.Ordinal)).parameter;

            public virtual bool has_buffer(string target) => named_buffers().Any(b => string.Equals(b.name, target, StringComparison.Ordinal));

            public virtual Tensor? get_buffer(string target) =>
                named_buffers().FirstOrDefault(b => string.Equals(b.name, target, StringComparison.Ordinal)).buffer;

            private IEnumerable<(string, T)> Deeper<T>(Func<Module, IEnumerable<(string, T)>> components)
            {
                foreach (var (name, child) in named_children())
                {
                    foreach (var (inner, component) in components(child))
                    {
                        yield return ($"{name}.{inner}", component);
                    }
                }
            }

            // A parameter shared by two children is listed once, under its first name.
            private static IEnumerable<(string, T)> Distinct<T>(IEnumerable<(string, T)> components) where T : class
            {
                var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
                foreach (var (name, component) in components)
                {
                    if (seen.Add(component))
                    {
                        yield return (name, component);
                    }
                }
            }
        }
    }
}
