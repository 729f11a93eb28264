using System.Runtime.CompilerServices;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => Assign(indices, value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => Assign([i1], value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => index(TensorIndex.Single(i1), TensorIndex.Single(i2));
            set => Assign([i1, i2], value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => index(TensorIndex.Single(i1), TensorIndex.Single(i2), TensorIndex.Single(i3));
            set => Assign([i1, i2, i3], value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => index(TensorIndex.Single(i1), TensorIndex.Single(i2), TensorIndex.Single(i3), TensorIndex.Single(i4));
            set => Assign([i1, i2, i3, i4], value);
        }

        public Tensor index(params Tensor[] indices) => Aten.index_Tensor.Call(this, Arg.Tensors(indices));

        public Tensor index(params TensorIndex[] indices)
        {
            using var scope = NewDisposeScope();
            var (view, tensors) = Subscript(indices);
            return (tensors is null ? view : Aten.index_Tensor.Call(view, Arg.Tensors(tensors))).MoveToOuterDisposeScope();
        }

        public Tensor index_put_(Tensor value, params TensorIndex[] indices) => Assign(indices, value);
        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using var filled = full([], value, dtype, device);
            return Assign(indices, filled);
        }
        public Tensor index_put_(Tensor value, params Tensor[] indices) => index_put_(value, indices, false);
        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate = false) => Aten.index_put_.Self(this, Arg.Tensors(indices), value, accumulate);

        private Tensor Assign(TensorIndex[] indices, Tensor value)
        {
            using var scope = NewDisposeScope();
            var (view, tensors) = Subscript(indices);
            if (tensors is null) Aten.copy_.Self(view, value);
            else Aten.index_put_.Self(view, Arg.Tensors(tensors), value.dtype == dtype ? value : value.to_type(dtype), false);
            return this;
        }

        /// <summary>What numbers, ranges and new dimensions leave as a view; and the tensors to index it by, null where there are none.</summary>
        private (Tensor View, List<Tensor?>? Tensors) Subscript(TensorIndex[] indices)
        {
            var view = alias();
            List<Tensor?>? tensors = null;
            var at = 0;
            var consumed = indices.Sum(i => i.Kind is TensorIndex.Of.Single or TensorIndex.Of.Slice ? 1 : i.Subscript is { } t ? t.dtype == ScalarType.Bool ? (int)t.dim() : 1 : 0);
            foreach (var index in indices)
            {
                switch (index.Kind)
                {
                    case TensorIndex.Of.Single:
                        view = view.select(at, index.Start!.Value);
                        break;
                    case TensorIndex.Of.Slice:
                        if (index.Start is not null || index.Stop is not null || index.Step is not null) view = Aten.slice_Tensor.Call(view, at, index.Start, index.Stop, index.Step ?? 1);
                        at++;
                        break;
                    case TensorIndex.Of.None:
                        view = view.unsqueeze(at++);
                        break;
                    case TensorIndex.Of.Ellipsis:
                        at += (int)dim() - consumed;
                        break;
                    case TensorIndex.Of.Bool:
                        view = view.unsqueeze(at);
                        Place(torch.tensor(index.Start == 1).unsqueeze(0));
                        break;
                    default:
                        Place(index.Subscript!);
                        break;
                }
            }
            return (view, tensors);

            void Place(Tensor subscript)
            {
                tensors ??= [];
                while (tensors.Count < at) tensors.Add(null);
                tensors.Add(subscript);
                at += subscript.dtype == ScalarType.Bool ? (int)subscript.dim() : 1;
            }
        }
    }
}
