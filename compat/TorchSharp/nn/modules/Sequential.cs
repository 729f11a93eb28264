using System.Globalization;
using System.Runtime.CompilerServices;

namespace TorchSharp.Modules
{
    /// <summary>Modules one after another, named 0, 1, 2 ... where no names are given.</summary>
    public class Sequential : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly List<torch.nn.Module<torch.Tensor, torch.Tensor>> steps = [];

        protected internal Sequential(params (string name, torch.nn.Module<torch.Tensor, torch.Tensor> submodule)[] modules) : base(nameof(Sequential))
        {
            foreach (var (name, module) in modules)
            {
                append(name, module);
            }
        }

        protected internal Sequential(params torch.nn.Module<torch.Tensor, torch.Tensor>[] modules) : base(nameof(Sequential))
        {
            foreach (var module in modules)
            {
                append(module);
            }
        }

        public int Count => steps.Count;

        [IndexerName("SequentialItems")]
        public torch.nn.IModule<torch.Tensor, torch.Tensor> this[int index] => steps[index];

        public Sequential append(torch.nn.IModule<torch.Tensor, torch.Tensor> module) => append(steps.Count.ToString(CultureInfo.InvariantCulture), module);

        public Sequential append(string name, torch.nn.IModule<torch.Tensor, torch.Tensor> module)
        {
            var step = (torch.nn.Module<torch.Tensor, torch.Tensor>)module;
            steps.Add(step);
            register_module(name, step);
            return this;
        }

        /// <summary>Frees what lies between two steps, as far as no gradient needs it.</summary>
        public override torch.Tensor forward(torch.Tensor tensor)
        {
            using var scope = torch.NewDisposeScope();
            var x = tensor;
            foreach (var step in steps)
            {
                x = step.call(x);
            }
            return (ReferenceEquals(x, tensor) ? tensor.alias() : x).MoveToOuterDisposeScope(); // the input stays in its own scope
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Sequential Sequential() => new(Array.Empty<Module<Tensor, Tensor>>());

            public static Modules.Sequential Sequential(params Module<Tensor, Tensor>[] modules) => new(modules);

            public static Modules.Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) => new(modules);

            public static Modules.Sequential Sequential(IEnumerable<Module<Tensor, Tensor>> modules) => new(modules.ToArray());

            public static Modules.Sequential Sequential(IEnumerable<(string name, Module<Tensor, Tensor> submodule)> modules) => new(modules.ToArray());
        }
    }
}
