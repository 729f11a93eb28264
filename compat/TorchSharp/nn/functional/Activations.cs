namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor silu(Tensor x, bool inplace = false) => Aten.Call(inplace ? "silu_" : "silu", x);

            public static Tensor relu(Tensor x, bool inplace = false) => Aten.Call(inplace ? "relu_" : "relu", x);

            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false) =>
                Aten.Call(inplace ? "leaky_relu_" : "leaky_relu", input, (Scalar)negative_slope);

            public static Tensor gelu(Tensor x) => Aten.Call("gelu", x, "none");

            public static Tensor sigmoid(Tensor x) => Aten.Call("sigmoid", x);

            public static Tensor tanh(Tensor x, bool inplace = false) => Aten.Call(inplace ? "tanh_" : "tanh", x);

            public static Tensor softplus(Tensor x, double beta = 1, double threshold = 20) => Aten.Call("softplus", x, (Scalar)beta, (Scalar)threshold);

            public static Tensor elu(Tensor x, double alpha, bool inplace = false) =>
                Aten.Call(inplace ? "elu_" : "elu", x, (Scalar)alpha, (Scalar)1, (Scalar)1);

            public static Tensor logsigmoid(Tensor x) => Aten.Call("log_sigmoid", x);

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => Aten.Call("softmax.int", input, dim, dtype);

            public static Tensor log_softmax(Tensor x, long dim) => Aten.Call("log_softmax.int", x, dim, (ScalarType?)null);

            /// <summary>Scales along a dimension to norm one.</summary>
            public static Tensor normalize(Tensor input, double p = 2, long dim = 1, double eps = 1e-12)
            {
                using var scope = NewDisposeScope();
                var norm = Aten.Call("linalg_vector_norm", input, (Scalar)p, new[] { dim }, true, (ScalarType?)null);
                return (input / norm.clamp_min(eps)).MoveToOuterDisposeScope();
            }

            public static Tensor cosine_similarity(Tensor x1, Tensor x2, long dim = 1, double eps = 1e-8) => Aten.Call("cosine_similarity", x1, x2, dim, eps);

            public static Tensor pairwise_distance(Tensor input1, Tensor input2, double p = 2, double eps = 1e-6, bool keepdim = false) =>
                Aten.Call("pairwise_distance", input1, input2, p, eps, keepdim);

            /// <summary>int64 [...] -> int64 [..., classes].</summary>
            public static Tensor one_hot(Tensor x, long num_classes = -1) => Aten.Call("one_hot", x, num_classes);
        }
    }
}
