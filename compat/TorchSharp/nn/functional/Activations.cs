namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor silu(Tensor x, bool inplace = false) => (inplace ? Ops.silu_ : Ops.silu).Call(x);

            public static Tensor relu(Tensor x, bool inplace = false) => (inplace ? Ops.relu_ : Ops.relu).Call(x);

            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false) =>
                (inplace ? Ops.leaky_relu_ : Ops.leaky_relu).Call(input, negative_slope);

            public static Tensor gelu(Tensor x) => Ops.gelu.Call(x, "none");

            public static Tensor sigmoid(Tensor x) => Ops.sigmoid.Call(x);

            public static Tensor tanh(Tensor x, bool inplace = false) => (inplace ? Ops.tanh_ : Ops.tanh).Call(x);

            public static Tensor softplus(Tensor x, double beta = 1, double threshold = 20) => Ops.softplus.Call(x, beta, threshold);

            public static Tensor elu(Tensor x, double alpha, bool inplace = false) =>
                (inplace ? Ops.elu_ : Ops.elu).Call(x, alpha, 1L, 1L);

            public static Tensor logsigmoid(Tensor x) => Ops.log_sigmoid.Call(x);

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => Ops.softmax_int.Call(input, dim, dtype);

            public static Tensor log_softmax(Tensor x, long dim) => Ops.log_softmax_int.Call(x, dim, (ScalarType?)null);

            /// <summary>Scales along a dimension to norm one.</summary>
            public static Tensor normalize(Tensor input, double p = 2, long dim = 1, double eps = 1e-12)
            {
                using var scope = NewDisposeScope();
                var norm = Ops.linalg_vector_norm.Call(input, p, new[] { dim }, true, (ScalarType?)null);
                return (input / norm.clamp_min(eps)).MoveToOuterDisposeScope();
            }

            public static Tensor cosine_similarity(Tensor x1, Tensor x2, long dim = 1, double eps = 1e-8) => Ops.cosine_similarity.Call(x1, x2, dim, eps);

            public static Tensor pairwise_distance(Tensor input1, Tensor input2, double p = 2, double eps = 1e-6, bool keepdim = false) =>
                Ops.pairwise_distance.Call(input1, input2, p, eps, keepdim);

            /// <summary>int64 [...] -> int64 [..., classes].</summary>
            public static Tensor one_hot(Tensor x, long num_classes = -1) => Ops.one_hot.Call(x, num_classes);
        }
    }
}
