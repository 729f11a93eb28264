using Odm.Augment.Generators;
using Odm.Classify.Classification;

namespace Odm.Pipeline.Configuration;

/// <summary>What does not fit together in an arm with online images.</summary>
internal static class OnlineRules
{
    /// <summary>The faults of one arm.</summary>
    /// <param name="study">The study.</param>
    /// <param name="path">The arm's place in it.</param>
    /// <param name="arm">The arm.</param>
    /// <param name="online">Its online images.</param>
    public static IEnumerable<string> Faults(Study study, string path, ArmConfig arm, OnlineConfig online)
    {
        if (study.Downstream is not ClassifierConfig)
        {
            yield return $"{path}.online: a classifier guides the generator; allowed with downstream.kind: classifier";
            yield break;
        }

        var other = arm.Generator is not null ? "generator" : arm.Plan is not null ? "plan" : arm.Copies ? "copies"
            : arm.Shuffle ? "shuffle" : arm.Offline ? "traditional.mode" : null;
        if (other is not null)
        {
            yield return $"{path}.{other}: beside {path}.online, which adds the images; must be "
                + (other == "traditional.mode" ? "online" : "left out");
        }

        if (arm.Real == 0)
        {
            yield return $"{path}.real: 0; the classifier has nothing to learn from before the first images; a number of real images is "
                + $"needed";
        }

        if (study.Audit.Reject)
        {
            yield return $"{path}.online: images that are made in training cannot be audited before; audit.reject must be false";
        }

        foreach (var fault in Faults(study.Generators, $"{path}.online", online))
        {
            yield return fault;
        }
    }

    private static IEnumerable<string> Faults(IReadOnlyDictionary<string, GeneratorConfig> generators, string path, OnlineConfig online)
    {
        if (!generators.TryGetValue(online.Generator, out var generator))
        {
            var near = Nearest.To(online.Generator, generators.Keys) is { } word ? $" (did you mean '{word}'?)" : "";
            yield return $"{path}.generator: '{online.Generator}' is not one of generators{near} (there are: "
                + $"{string.Join(", ", generators.Keys)})";
        }
        else if (!generator.Guidable)
        {
            yield return $"{path}.generator: '{online.Generator}' is of kind {generator.Kind}, which has no denoiser of whole images "
                + $"that a classifier could guide; must be of kind diffusion";
        }
        else if (online.Guidance == 0 && !generator.KnowsClasses)
        {
            yield return $"{path}.guidance: 0; '{online.Generator}' is told no classes (conditional: false), so that guidance alone gives "
                + $"its images labels; must be above 0";
        }
        else if (online.Steps is { } steps && steps >= 1)
        {
            foreach (var fault in generator.WithSteps(steps).SamplingFaults(path))
            {
                yield return fault;
            }
        }
    }
}
