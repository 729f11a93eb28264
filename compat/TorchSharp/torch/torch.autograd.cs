using static TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Gradients.</summary>
    public static unsafe class autograd
    {
        /// <summary>Adds the gradients of `tensors` to the leaves' `grad` (or to those of `inputs` alone).</summary>
        public static void backward(IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null)
        {
            fixed (nint* roots = Handles(tensors), gradients = Handles(grad_tensors), leaves = Handles(inputs))
            {
                Check(odm_backward(roots, gradients, tensors.Count, leaves, inputs?.Count ?? 0, (retain_graph ?? create_graph) ? 1 : 0, create_graph ? 1 : 0));
            }
        }

        public static void backward(Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) => backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        public static void backward(Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) => backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);

        /// <summary>The gradients of `outputs` with respect to `inputs`, nothing accumulated; null where unused and allowed.</summary>
        public static IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null, bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            var results = stackalloc nint[inputs.Count];
            fixed (nint* roots = Handles(outputs), gradients = Handles(grad_outputs), leaves = Handles(inputs))
            {
                Check(odm_gradients(roots, gradients, outputs.Count, leaves, inputs.Count, retain_graph || create_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, results));
            }
            var found = new Tensor[inputs.Count];
            for (var i = 0; i < found.Length; i++) found[i] = results[i] == 0 ? null! : new Tensor(results[i]);
            return found;
        }

        private static nint[]? Handles(IList<Tensor>? tensors) => tensors?.Select(t => t is null ? 0 : t.Handle).ToArray();
    }
}
