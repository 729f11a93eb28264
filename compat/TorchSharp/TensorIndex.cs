namespace TorchSharp;

public static partial class torch
{
    /// <summary>One subscript of an indexing expression: a number, a range, a tensor, `...`, `:` or a new dimension.</summary>
    public readonly struct TensorIndex
    {
        internal enum Of { None, Single, Slice, Tensor, Ellipsis, Bool }

        internal readonly Of Kind;
        internal readonly long? Start, Stop, Step;
        internal readonly Tensor? Subscript;

        private TensorIndex(Of kind, long? start = null, long? stop = null, long? step = null, Tensor? subscript = null)
        {
            (Kind, Start, Stop, Step, Subscript) = (kind, start, stop, step, subscript);
        }

        /// <summary>A new dimension of size 1.</summary>
        public static TensorIndex None = new(Of.None);
        public static TensorIndex Null = new(Of.None);
        public static TensorIndex Ellipsis = new(Of.Ellipsis);
        public static TensorIndex Colon = new(Of.Slice);

        public static TensorIndex Single(long? index) => new(Of.Single, index);
        public static TensorIndex Bool(bool value) => new(Of.Bool, value ? 1 : 0);
        public static TensorIndex Tensor(Tensor tensor) => new(Of.Tensor, subscript: tensor);
        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new(Of.Slice, start, stop, step);
        public static TensorIndex Slice((int?, int?) range) => Slice(range.Item1, range.Item2);
        public static TensorIndex Slice(Range range) => Slice(From(range.Start), range.End is { IsFromEnd: true, Value: 0 } ? null : From(range.End));

        public static implicit operator TensorIndex(long value) => Single(value);
        public static implicit operator TensorIndex(Index index) => Single(From(index));
        public static implicit operator TensorIndex(Range range) => Slice(range);
        public static implicit operator TensorIndex((int?, int?) range) => Slice(range);

        private static long From(Index index) => index.IsFromEnd ? -index.Value : index.Value;
    }
}
