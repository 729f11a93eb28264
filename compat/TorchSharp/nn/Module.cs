using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A network or a part of one: parameters, buffers and children under the names of the fields that hold them.</summary>
        public partial class Module : IDisposable
        {
            public readonly string name;

            private readonly NamedList<Parameter> ownParameters = new();
            private readonly NamedList<Tensor> ownBuffers = new();
            private readonly NamedList<Module> ownModules = new();
            private readonly HashSet<string> transient = new(StringComparer.Ordinal);
            private bool isTraining = true;

            protected Module(string name) => this.name = name;

            public virtual string GetName() => name;

            public virtual bool training => isTraining;

            public virtual void train(bool train = true)
            {
                isTraining = train;
                foreach (var (_, child) in ownModules.Items)
                {
                    child.train(train);
                }
            }

            public virtual void eval() => train(false);

            /// <summary>Registers every field that holds a module, a parameter or a tensor under the field's name.</summary>
            [SuppressMessage("Trimming", "IL2075", Justification = "modules are never trimmed")]
            protected virtual void RegisterComponents()
            {
                foreach (var field in GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
                {
                    if (IsRegistered(field.Name))
                    {
                        continue;
                    }
                    switch (field.GetValue(this))
                    {
                        case Module child: register_module(field.Name, child); break;
                        case Parameter parameter: register_parameter(field.Name, parameter); break;
                        case Tensor buffer: register_buffer(field.Name, buffer); break;
                        default: break;
                    }
                }
            }

            private bool IsRegistered(string key) => ownModules.Contains(key) || ownParameters.Contains(key) || ownBuffers.Contains(key);

            public virtual void register_module(string name, Module submodule)
            {
                CheckName(name);
                ownModules.Set(name, submodule);
            }

            public void add_module(string name, Module module) => register_module(name, module);

            /// <summary>Keeps a parameter under a name; from now on the module owns it, not the dispose scope it was made in.</summary>
            public virtual void register_parameter(string name, Parameter param)
            {
                CheckName(name);
                param?.DetachFromDisposeScope();
                ownParameters.Set(name, param);
            }

            /// <summary>Keeps a tensor that is no parameter under a name; unlike a parameter it stays in its dispose scope, as in TorchSharp.</summary>
            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                CheckName(name);
                ownBuffers.Set(name, tensor);
                if (persistent)
                {
                    transient.Remove(name);
                }
                else
                {
                    transient.Add(name);
                }
            }

            protected void ConditionallyRegisterParameter(string name, Parameter? value) => ownParameters.Set(name, value?.DetachFromDisposeScope() as Parameter);

            protected void ConditionallyRegisterBuffer(string name, Tensor? value, bool persistent = true)
            {
                ownBuffers.Set(name, value);
                if (!persistent)
                {
                    transient.Add(name);
                }
            }

            protected void ClearModules() => ownModules.Clear();

            private static void CheckName(string name)
            {
                if (string.IsNullOrEmpty(name) || name.Contains('.', StringComparison.Ordinal))
                {
                    throw new ArgumentException($"A component's name may not be empty or hold a dot: '{name}'", nameof(name));
                }
            }

            public virtual Module apply(Action<Module> fn)
            {
                foreach (var (_, child) in ownModules.Items)
                {
                    child.apply(fn);
                }
                fn(this);
                return this;
            }

            public virtual void zero_grad(bool set_to_none = true)
            {
                using var scope = NewDisposeScope();
                foreach (var parameter in parameters())
                {
                    if (set_to_none)
                    {
                        parameter.grad = null;
                    }
                    else
                    {
                        parameter.grad?.zero_();
                    }
                }
            }

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (!disposing)
                {
                    return;
                }
                foreach (var (_, child) in ownModules.Items)
                {
                    child.Dispose();
                }
                foreach (var (_, parameter) in ownParameters.Items)
                {
                    parameter.Dispose();
                }
                foreach (var (_, buffer) in ownBuffers.Items)
                {
                    buffer.Dispose();
                }
            }
        }
    }
}
