using static TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        public long dim() => odm_dim(Handle);
        public long Dimensions => odm_dim(Handle);
        public long ndim => odm_dim(Handle);
        public long numel() => odm_numel(Handle);
        public long NumberOfElements => odm_numel(Handle);
        public long ElementSize => odm_element_size(Handle);
        public long element_size() => odm_element_size(Handle);
        public long storage_offset() => odm_storage_offset(Handle);
        public ScalarType dtype => (ScalarType)odm_dtype(Handle);
        public Device device => Device.FromBits(odm_device(Handle));
        public DeviceType device_type => (DeviceType)(odm_device(Handle) >> 8);
        public int device_index => (sbyte)(odm_device(Handle) & 255);
        public bool is_cpu() => device_type == DeviceType.CPU;
        public bool is_cuda => device_type == DeviceType.CUDA;
        public bool is_contiguous() => odm_is_contiguous(Handle, 0) != 0;
        public bool is_floating_point() => torch.is_floating_point(dtype);
        public bool is_integral() => torch.is_integral(dtype);

        /// <summary>Whether a 4-D tensor lies in memory with channels innermost.</summary>
        internal bool IsChannelsLast => odm_is_contiguous(Handle, 1) != 0;

        /// <summary>The sizes of all dimensions (a new array each time).</summary>
        public long[] shape
        {
            get
            {
                var sizes = new long[dim()];
                fixed (long* pointer = sizes) odm_sizes(Handle, pointer);
                return sizes;
            }
        }

        public long[] size() => shape;

        public long size(int dim)
        {
            var dims = (int)this.dim();
            var at = dim < 0 ? dim + dims : dim;
            if (at < 0 || at >= dims) throw new ArgumentOutOfRangeException(nameof(dim), dim, $"a tensor of {dims} dimensions");
            var sizes = stackalloc long[dims];
            odm_sizes(Handle, sizes);
            return sizes[at];
        }

        public long[] stride()
        {
            var strides = new long[dim()];
            fixed (long* pointer = strides) odm_strides(Handle, pointer);
            return strides;
        }

        public long stride(int dim) => stride()[dim < 0 ? dim + (int)this.dim() : dim];

        public bool is_leaf => odm_is_leaf(Handle) != 0;

        public bool requires_grad
        {
            get => odm_requires_grad(Handle) != 0;
            set => Check(odm_set_requires_grad(Handle, value ? 1 : 0));
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        public void retain_grad() => Check(odm_retain_grad(Handle));

        /// <summary>The gradient, a new handle to it each time; null where there is none.</summary>
        public Tensor? grad
        {
            get
            {
                var found = odm_grad(Handle);
                return found == 0 ? null : new Tensor(found);
            }
            set => Check(odm_set_grad(Handle, value is null ? 0 : value.Handle));
        }

        public void backward() => autograd.backward([this]);

        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) => autograd.backward([this], grad_tensors, retain_graph, create_graph, inputs);
    }
}
