namespace TorchSharp.Modules
{
    /// <summary>A tensor that is trained. It takes over the tensor it is made from, which is not to be used afterwards.</summary>
    public class Parameter : torch.Tensor
    {
        public Parameter(torch.Tensor data, bool requires_grad = true) : base(data.DecoupleFromNativeHandle()) => this.requires_grad = requires_grad;
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public partial class Tensor
        {
            /// <summary>Puts another native tensor behind this object, for moves of a module that keep its parameters' identity.</summary>
            internal void Assign(Tensor fresh)
            {
                var wanted = requires_grad;
                fresh.handle = Interlocked.Exchange(ref handle, fresh.Handle);
                requires_grad = wanted;
                fresh.Dispose();
            }
        }

        public static partial class nn
        {
            public static Modules.Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
        }
    }
}
