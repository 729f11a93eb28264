using System.Diagnostics.CodeAnalysis;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Modules
{
    /// <summary>What the batch norms share: affine parameters and running statistics.</summary>
    public abstract class NormBase : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private Parameter? _weight;
        private Parameter? _bias;
        private torch.Tensor? _mean;
        private torch.Tensor? _variance;
        private torch.Tensor? _batches;

        public NormBase(long num_features, double eps, double? momentum, bool affine, bool track_running_stats, torch.Device? device, torch.ScalarType? dtype, string name) : base(name)
        {
            this.num_features = num_features;
            this.eps = eps;
            this.momentum = momentum;
            this.affine = affine;
            this.track_running_stats = track_running_stats;
            if (affine)
            {
                weight = new Parameter(torch.ones([num_features], dtype: dtype, device: device));
                bias = new Parameter(torch.zeros([num_features], dtype: dtype, device: device));
            }
            if (track_running_stats)
            {
                running_mean = torch.zeros([num_features], dtype: dtype, device: device);
                running_var = torch.ones([num_features], dtype: dtype, device: device);
                num_batches_tracked = torch.zeros([], dtype: torch.ScalarType.Int64, device: device);
            }
        }

        public long num_features { get; }

        public double eps { get; set; }

        public double? momentum { get; set; }

        public bool affine { get; }

        public bool track_running_stats { get; }

        [AllowNull]
        public Parameter weight { get => _weight!; set => ConditionallyRegisterParameter("weight", _weight = value); }

        [AllowNull]
        public Parameter bias { get => _bias!; set => ConditionallyRegisterParameter("bias", _bias = value); }

        [AllowNull]
        public torch.Tensor running_mean { get => _mean!; set => ConditionallyRegisterBuffer("running_mean", _mean = value); }

        [AllowNull]
        public torch.Tensor running_var { get => _variance!; set => ConditionallyRegisterBuffer("running_var", _variance = value); }

        [AllowNull]
        public torch.Tensor num_batches_tracked { get => _batches!; set => ConditionallyRegisterBuffer("num_batches_tracked", _batches = value); }

        public void reset_running_stats()
        {
            if (track_running_stats)
            {
                torch.nn.init.zeros_(_mean!);
                torch.nn.init.ones_(_variance!);
                torch.nn.init.zeros_(_batches!);
            }
        }

        public void reset_parameters()
        {
            reset_running_stats();
            if (affine)
            {
                torch.nn.init.ones_(_weight!);
                torch.nn.init.zeros_(_bias!);
            }
        }

        protected abstract void ValidateInputDimensions(torch.Tensor input);
    }

    public abstract class BatchNorm : NormBase
    {
        public BatchNorm(long num_features, double eps, double momentum, bool affine, bool track_running_stats, torch.Device? device, torch.ScalarType? dtype, string name)
            : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, name)
        {
        }

        public override torch.Tensor forward(torch.Tensor input)
        {
            ValidateInputDimensions(input);
            var factor = momentum ?? 0;
            if (training && track_running_stats)
            {
                using var scope = torch.NewDisposeScope();
                using var frozen = torch.no_grad();
                num_batches_tracked.add_(1);
                factor = momentum ?? 1.0 / num_batches_tracked.item<long>();
            }
            return F.batch_norm(input, running_mean, running_var, weight, bias, training || !track_running_stats, factor, eps);
        }
    }

    /// <summary>Each channel of [N, C, H, W] to mean 0 and variance 1 over the batch, or by the running statistics in evaluation.</summary>
    public sealed class BatchNorm2d : BatchNorm
    {
        internal BatchNorm2d(long features, double eps, double momentum, bool affine, bool track, torch.Device? device, torch.ScalarType? dtype)
            : base(features, eps, momentum, affine, track, device, dtype, nameof(BatchNorm2d))
        {
        }

        protected override void ValidateInputDimensions(torch.Tensor input)
        {
            if (input.ndim != 4)
            {
                throw new ArgumentException($"expected 4D input, but got {input.ndim}D input", nameof(input));
            }
        }
    }

    /// <summary>Groups of channels of [N, C, ...] to mean 0 and variance 1, per image.</summary>
    public sealed class GroupNorm : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private Parameter? _weight;
        private Parameter? _bias;

        internal GroupNorm(long groups, long channels, double eps, bool affine, torch.Device? device, torch.ScalarType? dtype) : base(nameof(GroupNorm))
        {
            num_groups = groups;
            this.eps = eps;
            this.affine = affine;
            if (affine)
            {
                weight = new Parameter(torch.ones([channels], dtype: dtype, device: device));
                bias = new Parameter(torch.zeros([channels], dtype: dtype, device: device));
            }
        }

        public long num_groups { get; set; }

        public double eps { get; set; }

        public bool affine { get; set; }

        [AllowNull]
        public Parameter weight { get => _weight!; set => ConditionallyRegisterParameter("weight", _weight = value); }

        [AllowNull]
        public Parameter bias { get => _bias!; set => ConditionallyRegisterParameter("bias", _bias = value); }

        public override torch.Tensor forward(torch.Tensor tensor) => F.group_norm(tensor, num_groups, _weight, _bias, eps);
    }

    /// <summary>The last dimensions to mean 0 and variance 1.</summary>
    public sealed class LayerNorm : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private Parameter? _weight;
        private Parameter? _bias;

        internal LayerNorm(long[] shape, double eps, bool affine, bool hasBias, torch.Device? device, torch.ScalarType? dtype) : base(nameof(LayerNorm))
        {
            normalized_shape = shape;
            this.eps = eps;
            elementwise_affine = affine;
            if (affine)
            {
                weight = new Parameter(torch.ones(shape, dtype: dtype, device: device));
            }
            if (affine && hasBias)
            {
                bias = new Parameter(torch.zeros(shape, dtype: dtype, device: device));
            }
        }

        public long[] normalized_shape { get; set; }

        public double eps { get; set; }

        public bool elementwise_affine { get; set; }

        [AllowNull]
        public Parameter weight { get => _weight!; set => ConditionallyRegisterParameter("weight", _weight = value); }

        [AllowNull]
        public Parameter bias { get => _bias!; set => ConditionallyRegisterParameter("bias", _bias = value); }

        public override torch.Tensor forward(torch.Tensor tensor) => F.layer_norm(tensor, normalized_shape, _weight, _bias, eps);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.BatchNorm2d BatchNorm2d(long num_features, double eps = 1e-5, double momentum = 0.1, bool affine = true, bool track_running_stats = true, Device? device = null, ScalarType? dtype = null) =>
                new(num_features, eps, momentum, affine, track_running_stats, device, dtype);

            /// <summary>Starts as the identity. The published package leaves weight and bias uninitialised: set ones and zeros yourself.</summary>
            public static Modules.GroupNorm GroupNorm(long num_groups, long num_channels, double eps = 1e-5, bool affine = true, Device? device = null, ScalarType? dtype = null) =>
                new(num_groups, num_channels, eps, affine, device, dtype);

            public static Modules.LayerNorm LayerNorm(long[] normalized_shape, double eps = 1e-5, bool elementwise_affine = true, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(normalized_shape, eps, elementwise_affine, bias, device, dtype);

            public static Modules.LayerNorm LayerNorm(long normalized_shape, double eps = 1e-5, bool elementwise_affine = true, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new([normalized_shape], eps, elementwise_affine, bias, device, dtype);
        }
    }
}
