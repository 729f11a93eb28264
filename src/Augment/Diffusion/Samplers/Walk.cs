using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion.Samplers;

/// <summary>The loop of every sampler: from noise down the times, a move each.</summary>
internal static class Walk
{
    /// <summary>Moves from each time to the next; returns what the last move made, without gradient.</summary>
    /// <param name="start">Where it starts, [N, C, H, W]; stays the caller's.</param>
    /// <param name="times">Falling, with -1, the clean image, last.</param>
    /// <param name="cancel">Looked at before every move.</param>
    /// <param name="move">From x and its times (int64 [N]) to the next x; the number of the move counts from 0.</param>
    public static Tensor Down(Tensor start, IReadOnlyList<int> times, CancellationToken cancel, Func<Tensor, Tensor, int, Tensor> move)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var x = start.alias();
        for (var i = 0; i + 1 < times.Count; i++)
        {
            cancel.ThrowIfCancellationRequested();
            using var step = NewDisposeScope();
            var old = x;
            x = move(old, At(old, times[i]), i).MoveToOuterDisposeScope();
            old.Dispose();
        }
        return x.MoveToOuterDisposeScope();
    }

    /// <summary>One time for all images of x, int64 [N].</summary>
    public static Tensor At(Tensor x, int time) => full(x.shape[0], Number.Of(time), dtype: ScalarType.Int64, device: x.device);
}
