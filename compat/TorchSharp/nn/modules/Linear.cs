using System.Diagnostics.CodeAnalysis;

namespace TorchSharp.Modules
{
    /// <summary>[..., I] -> [..., O].</summary>
    public sealed class Linear : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private Parameter _weight;
        private Parameter? _bias;

        internal Linear(Parameter weight, Parameter? bias) : base(nameof(Linear))
        {
            in_features = weight.shape[1];
            out_features = weight.shape[0];
            _weight = weight;
            _bias = bias;
            register_parameter("weight", weight);
            register_parameter("bias", bias!);
        }

        public long in_features { get; set; }

        public long out_features { get; set; }

        public Parameter weight
        {
            get => _weight;
            set
            {
                _weight = value;
                ConditionallyRegisterParameter("weight", value);
            }
        }

        [AllowNull]
        public Parameter bias
        {
            get => _bias!;
            set
            {
                _bias = value;
                ConditionallyRegisterParameter("bias", value);
            }
        }

        public override torch.Tensor forward(torch.Tensor tensor) => torch.nn.functional.linear(tensor, _weight, _bias);
    }

    /// <summary>int64 [...] -> [..., D].</summary>
    public sealed class Embedding : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly long padding;
        private readonly bool scaleByFrequency;
        private readonly bool sparse;
        private Parameter _weight;

        internal Embedding(torch.Tensor weight, long? paddingIndex, bool scaleByFrequency, bool sparse) : base(nameof(Embedding))
        {
            padding = paddingIndex is { } index ? (index < 0 ? index + weight.shape[0] : index) : -1;
            this.scaleByFrequency = scaleByFrequency;
            this.sparse = sparse;
            _weight = new Parameter(weight);
            register_parameter("weight", _weight);
        }

        public Parameter weight
        {
            get => _weight;
            set
            {
                _weight = value;
                ConditionallyRegisterParameter("weight", value);
            }
        }

        public override torch.Tensor forward(torch.Tensor input) => Ops.embedding.Call(_weight, input, padding, scaleByFrequency, sparse);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null)
            {
                var weight = new Modules.Parameter(empty([outputSize, inputSize], dtype: dtype, device: device));
                var bias = hasBias ? new Modules.Parameter(empty([outputSize], dtype: dtype, device: device)) : null;
                init.Default(weight, bias);
                return new(weight, bias);
            }

            public static Modules.Linear Linear(Modules.Parameter weight, Modules.Parameter? bias = null) => new(weight, bias);

            /// <summary>Normal initial values; the row of <paramref name="padding_idx"/> is zero and stays so.</summary>
            public static Modules.Embedding Embedding(long num_embeddings, long embedding_dims, long? padding_idx = null, double? max_norm = null, double norm_type = 2, bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
            {
                if (max_norm is not null)
                {
                    throw new NotSupportedException("Embedding: max_norm is not part of this package set");
                }
                var weight = empty([num_embeddings, embedding_dims], dtype: dtype, device: device);
                init.normal_(weight);
                if (padding_idx is { } row)
                {
                    using var zeroed = weight.select(0, row);
                    init.zeros_(zeroed);
                }
                return new(weight, padding_idx, scale_grad_by_freq, sparse);
            }
        }
    }
}
