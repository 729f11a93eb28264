using static TorchSharp.torch;

namespace Odm.Engine.Kernels;

/// <summary>
/// What a backward pass in C# gets and returns. TorchSharp leaves both to the scope of the training step, where the gradients of all
/// activations would live until its end; and libtorch takes its own reference only after the method has returned, so they cannot be
/// disposed in it. The next node that runs backward disposes them.
/// </summary>
internal static class BackwardTensors
{
    [ThreadStatic]
    private static List<Tensor>? last;

    /// <summary>Moves the returned gradients out of the caller's scope and frees what the node before got and returned.</summary>
    public static void FreeWithNext(Tensor received, IEnumerable<Tensor> returned)
    {
        last ??= [];
        foreach (var tensor in last)
        {
            tensor.Dispose();
        }
        last.Clear();
        last.Add(received);
        last.AddRange(returned.Select(g => g.MoveToOuterDisposeScope()));
    }
}
