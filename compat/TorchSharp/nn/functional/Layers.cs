namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private static readonly long[] ones2 = [1, 1];
            private static readonly long[] zeros2 = [0, 0];

            /// <summary>[N, C, H, W] with weight [D, C / groups, kH, kW] -> [N, D, ...].</summary>
            public static Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1) =>
                Ops.conv2d.Call(input, weight, bias, strides ?? ones2, padding ?? zeros2, dilation ?? ones2, groups);

            public static Tensor conv2d_padding(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, Padding padding = Padding.Valid, long[]? dilation = null, long groups = 1) =>
                Ops.conv2d_padding.Call(input, weight, bias, strides ?? ones2, padding == Padding.Same ? "same" : "valid", dilation ?? ones2, groups);

            public static Tensor conv_transpose2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? output_padding = null, long[]? dilation = null, long groups = 1) =>
                Ops.conv_transpose2d_input.Call(input, weight, bias, strides ?? ones2, padding ?? zeros2, output_padding ?? zeros2, groups, dilation ?? ones2);

            /// <summary>[..., I] with weights [O, I] -> [..., O].</summary>
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => Ops.linear.Call(input, weights, bias);

            public static Tensor group_norm(Tensor input, long num_groups, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
                Ops.group_norm.Call(input, num_groups, weight, bias, eps, true);

            public static Tensor batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null, bool training = false, double momentum = 0.1, double eps = 1e-5) =>
                Ops.batch_norm.Call(input, weight, bias, running_mean, running_var, training, momentum, eps, true);

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
                Ops.layer_norm.Call(input, normalized_shape, weight, bias, eps, true);

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                (inplace ? Ops.dropout_ : Ops.dropout).Call(input, p, training);

            /// <summary>Drops whole channels.</summary>
            public static Tensor dropout2d(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                (inplace ? Ops.feature_dropout_ : Ops.feature_dropout).Call(input, p, training);

            /// <summary>softmax(q k' / sqrt(d) + mask) v over the last two dimensions; a boolean mask is true where attention is allowed.</summary>
            public static Tensor scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0, bool is_casual = false)
            {
                using var scope = NewDisposeScope();
                var scores = query.mul(1 / Math.Sqrt(query.shape[^1])).matmul(key.transpose(-2, -1));
                if (is_casual)
                {
                    if (attn_mask is not null)
                    {
                        throw new ArgumentException("A causal mask excludes another one", nameof(attn_mask));
                    }
                    attn_mask = torch.ones([query.shape[^2], key.shape[^2]], dtype: ScalarType.Bool, device: query.device).tril();
                }
                if (attn_mask is not null)
                {
                    scores = attn_mask.dtype == ScalarType.Bool ? scores.masked_fill(attn_mask.logical_not(), double.NegativeInfinity) : scores + attn_mask;
                }
                var weights = softmax(scores, -1);
                if (p > 0)
                {
                    weights = dropout(weights, p);
                }
                return weights.matmul(value).MoveToOuterDisposeScope();
            }
        }
    }
}
