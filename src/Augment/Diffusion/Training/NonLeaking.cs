using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Odm.Augment.Diffusion.Training;

/// <summary>
/// The moves of a part of a batch: where each image's pixels come from, and what the network is told. An output point p, from -1 to 1 along
/// each axis, shows the input point F R(ω) p + s: F mirrors, R turns, s shifts.
/// </summary>
/// <param name="Maps">F R(ω) and s of each image, row by row: 6 numbers.</param>
/// <param name="Labels">
/// 1 where mirrored left to right, 1 where top to bottom, cos ω - 1, sin ω, the two shifts over their deviation.
/// </param>
internal sealed record NonLeaking(float[][] Maps, float[][] Labels)
{
    /// <summary>Draws the moves of slots; equal seeds give equal moves, so a triplet with shared noise moves as one.</summary>
    /// <param name="config">Which moves.</param>
    /// <param name="seeds">A seed for each slot.</param>
    public static NonLeaking Draw(NonLeakingConfig config, IEnumerable<ulong> seeds)
    {
        var drawn = seeds.Select(seed => One(config, Rng.For(seed, "augment"))).ToArray();
        return new(Array.ConvertAll(drawn, d => d.Map), Array.ConvertAll(drawn, d => d.Label));
    }

    // every number is drawn, whether its move happens or not: a switch changes no other move
    private static (float[] Map, float[] Label) One(NonLeakingConfig config, Rng rng)
    {
        bool Happens(bool wanted) => rng.NextBool(config.Probability) & wanted;
        var (mirrored, upset, turned, shifted) = (Happens(config.Flips), Happens(config.Flips), Happens(config.Rotation > 0),
            Happens(config.Shift > 0));
        var angle = rng.Uniform(-1, 1) * config.Rotation * Math.PI / 180;
        var (right, down) = (rng.NextGaussian(), rng.NextGaussian());
        var (cos, sin) = turned ? (Math.Cos(angle), Math.Sin(angle)) : (1, 0);
        var (dx, dy) = shifted ? (right, down) : (0, 0);
        var (fx, fy) = (mirrored ? -1 : 1, upset ? -1 : 1);
        return ([(float)(fx * cos), (float)(-fx * sin), (float)(2 * config.Shift * dx),
                 (float)(fy * sin), (float)(fy * cos), (float)(2 * config.Shift * dy)],
            [mirrored ? 1 : 0, upset ? 1 : 0, (float)(cos - 1), (float)sin, (float)dx, (float)dy]);
    }

    /// <summary>
    /// Images moved, bilinearly; those without a move keep their bits. The mask, where there is one, stays -1 or 1.
    /// </summary>
    /// <param name="images">[n, C, H, W].</param>
    /// <param name="masked">Whether the last channel is a mask.</param>
    public Tensor Move(Tensor images, bool masked)
    {
        using var scope = NewDisposeScope();
        long[] moved = [.. Enumerable.Range(0, Labels.Length).Where(i => Labels[i].Any(v => v != 0)).Select(i => (long)i)];
        if (moved.Length == 0)
        {
            return images.alias().MoveToOuterDisposeScope();
        }
        var which = tensor(moved, device: images.device);
        var chosen = images.index_select(0, which);
        var maps = Aligned.Of([.. moved.SelectMany(i => Maps[i])], [moved.Length, 2, 3], images.device);
        var result = grid_sample(chosen, affine_grid(maps, chosen.shape, align_corners: false), GridSampleMode.Bilinear,
            GridSamplePaddingMode.Reflection, align_corners: false);
        if (masked)
        {
            var colours = images.shape[1] - 1;
            result = cat([result.narrow(1, 0, colours), result.narrow(1, colours, 1).gt(Number.Of(0)).to(result.dtype) * 2 - 1], 1);
        }
        return images.index_copy(0, which, result).MoveToOuterDisposeScope();
    }

    /// <summary>What the network is told, float32 [n, 6].</summary>
    public Tensor Told(Device device) => Aligned.Of([.. Labels.SelectMany(l => l)], [Labels.Length, NonLeakingConfig.Labels], device);
}
