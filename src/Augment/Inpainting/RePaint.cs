using Odm.Augment.Diffusion.Process;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Inpainting;

/// <summary>
/// RePaint (Lugmayr et al. 2022, arXiv 2201.09865, algorithm 1 and section 4.2): inpainting with an unconditional diffusion model. The
/// model's own step (equation 8b) is one of <see cref="RePaintSteps"/>.
/// </summary>
internal static class RePaint
{
    /// <summary>
    /// The states that are passed, from pure noise, S - 1, to the clean image, -1. From a state to the next lower one leads the network;
    /// to the next higher one noise. At the states 0, j, 2j, ... below S - j the way goes back up j states, n - 1 times each.
    /// </summary>
    /// <param name="steps">S, steps of the schedule.</param>
    /// <param name="jumpLength">j.</param>
    /// <param name="jumpSamples">n, how often a stretch is passed.</param>
    public static IReadOnlyList<int> States(int steps, int jumpLength, int jumpSamples)
    {
        var left = new int[steps]; // jumps still to make at each state
        for (var k = 0; k < steps - jumpLength; k += jumpLength)
        {
            left[k] = jumpSamples - 1;
        }
        var states = new List<int> { steps - 1 };
        while (states[^1] >= 0)
        {
            var now = states[^1];
            if (left[now]-- > 0)
            {
                states.AddRange(Enumerable.Range(now + 1, jumpLength));
            }
            states.Add(states[^1] - 1);
        }
        return states;
    }

    /// <summary>Steps taken back in <see cref="States"/>; the network is asked S times more.</summary>
    public static long Renoisings(int steps, int jumpLength, int jumpSamples) =>
        (steps - 1L) / Math.Max(1, jumpLength) * (jumpSamples - 1L) * jumpLength;

    /// <summary>One state back towards noise: √(1 - β_t) x_{t-1} + √β_t ε (equation 1).</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="x">x_{t-1}.</param>
    /// <param name="t">The state arrived at.</param>
    /// <param name="noise">ε.</param>
    public static Tensor Renoise(NoiseSchedule schedule, Tensor x, int t, Tensor noise)
    {
        using var scope = NewDisposeScope();
        return (Math.Sqrt(1 - schedule.Beta(t)) * x + Math.Sqrt(schedule.Beta(t)) * noise).MoveToOuterDisposeScope();
    }

    /// <summary>The known image at state t (equation 8a); itself at t = -1.</summary>
    public static Tensor Known(NoiseSchedule schedule, Tensor image, int t, Tensor noise)
    {
        using var scope = NewDisposeScope();
        var kept = schedule.AlphaBar(t);
        return (Math.Sqrt(kept) * image + Math.Sqrt(1 - kept) * noise).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Paints the zone of images anew. After every step of the model the known part is put in its place (equation 8c), but for the
    /// last: what comes back is the model's alone, so that the caller sees how far it kept to the known part.
    /// </summary>
    /// <param name="model">The model's own step.</param>
    /// <param name="schedule">The shortened schedule.</param>
    /// <param name="states">The way, as <see cref="States"/> lists it.</param>
    /// <param name="known">Images, [N, C, H, W] in [-1, 1].</param>
    /// <param name="zone">1 where they are painted anew, 0 where they are known; [N, 1, H, W].</param>
    /// <param name="noise">The images' noise: at step -1 where it starts, at move i "sampling noise", "known noise" or "renoise".</param>
    /// <param name="cancel">Looked at before every move.</param>
    public static Tensor Sample(RePaintStep model, NoiseSchedule schedule, IReadOnlyList<int> states, Tensor known, Tensor zone,
        Func<int, string, Tensor> noise, CancellationToken cancel)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var x = noise(-1, "sampling noise");
        for (var i = 0; i + 1 < states.Count; i++)
        {
            cancel.ThrowIfCancellationRequested();
            using var step = NewDisposeScope();
            var (old, from, to) = (x, states[i], states[i + 1]);
            if (to > from)
            {
                x = Renoise(schedule, old, to, noise(i, "renoise"));
            }
            else
            {
                var unknown = model(old, from, () => noise(i, "sampling noise"));
                x = to < 0 ? unknown : zone * unknown + (1 - zone) * Known(schedule, known, to, noise(i, "known noise"));
            }
            x.MoveToOuterDisposeScope();
            old.Dispose();
        }
        return x.MoveToOuterDisposeScope();
    }
}
