using Odm.Augment.Diffusion.Process;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion.Samplers;

/// <summary>From noise to images, [N, C, H, W].</summary>
/// <param name="denoise">The network with its condition bound.</param>
/// <param name="implied">The same network as clean image and range of variances, for a sampler that asks for these.</param>
/// <param name="noise">Start and step noise of each image.</param>
/// <param name="cancel">Looked at before every step.</param>
internal delegate Tensor SampleImages(Denoise denoise, ImpliedClean implied, ImageNoise noise, CancellationToken cancel);

/// <summary>A sampler with its settings bound.</summary>
/// <param name="Sample">What it does.</param>
/// <param name="Evaluated">The times at which it asks the network, in order: what it costs.</param>
internal sealed record Sampler(SampleImages Sample, IReadOnlyList<int> Evaluated);

/// <summary>The samplers by their settings; a further one is added here and to <see cref="SamplerKind"/>.</summary>
internal static class SamplerFactory
{
    /// <summary>The sampler that settings without faults describe, on the schedule that the network was trained on.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="schedule">The schedule.</param>
    /// <param name="from">The time of what it starts from; null: T - 1, noise.</param>
    public static Sampler Of(SamplerConfig config, NoiseSchedule schedule, int? from = null)
    {
        var (eta, clip) = (config.Eta, config.Clip);
        var times = Times(config, schedule, from);
        var once = times[..^1];
        return config.Kind switch
        {
            SamplerKind.Ddim => new((denoise, _, noise, cancel) => Ddim.Sample(denoise, schedule, noise, times, eta, clip, cancel), once),
            SamplerKind.EulerAncestral => new((denoise, _, noise, cancel) => EulerAncestral.Sample(denoise, schedule, noise, times, eta,
                clip, cancel), once),
            SamplerKind.Euler => new(Flow(Euler.Sample), once),
            SamplerKind.Heun => new(Flow(Heun.Sample), Heun.Evaluated(times)),
            SamplerKind.Dpmpp2M => new(Flow(DpmSolver.Sample), once),
            SamplerKind.DdpmLearned => new((_, implied, noise, cancel) => Ddpm.Sample(implied, schedule, noise, clip, cancel, from), once),
            SamplerKind.DdpmPosterior => new((denoise, _, noise, cancel) => Ddpm.Sample(denoise, schedule, noise, posteriorVariance: true,
                clip, cancel, from), once),
            SamplerKind.Ddpm => new((denoise, _, noise, cancel) => Ddpm.Sample(denoise, schedule, noise, posteriorVariance: false, clip,
                cancel, from), once),
            _ => throw new ArgumentOutOfRangeException(nameof(config), config.Kind, "no such sampler"),
        };

        // the samplers that draw no noise but the one they start from
        SampleImages Flow(Func<Denoise, NoiseSchedule, Tensor, IReadOnlyList<int>, bool, CancellationToken, Tensor> sample)
            => (denoise, _, noise, cancel) =>
        {
            using var start = noise.At(-1);
            return sample(denoise, schedule, start, times, clip, cancel);
        };
    }

    /// <summary>The times at which it stops, falling, -1 last: the one that it starts from, and those of a whole image below it.</summary>
    public static int[] Times(SamplerConfig config, NoiseSchedule schedule, int? from = null)
    {
        var whole = config.TakesAllSteps ? [.. Enumerable.Range(-1, schedule.Steps + 1).Reverse()]
            : SamplingTimes.Of(config.Spacing, schedule, config.Steps);
        return from is { } first ? [first, .. whole.Where(t => t < first)] : whole;
    }
}
