using Odm.Augment.Generators;
using Odm.Classify.Classification;

namespace Odm.Pipeline.Configuration;

/// <summary>What does not fit together in a study's arms.</summary>
internal static class ArmRules
{
    /// <summary>The faults of all arms.</summary>
    public static IEnumerable<string> Faults(Study study)
    {
        if (study.Arms.Count == 0)
        {
            yield return "arms: empty; at least one is needed";
        }

        foreach (var fault in study.Arms.SelectMany(a => Faults(study, $"arms.{a.Key}", a.Value)))
        {
            yield return fault;
        }
    }

    private static IEnumerable<string> Faults(Study study, string path, ArmConfig arm)
    {
        GeneratorConfig? made = null;
        if (arm.Generator is { } generator && !study.Generators.TryGetValue(generator, out made))
        {
            var near = Nearest.To(generator, study.Generators.Keys) is { } word ? $" (did you mean '{word}'?)" : "";
            yield return $"{path}.generator: '{generator}' is not one of generators{near} (there are: "
                + $"{string.Join(", ", study.Generators.Keys)})";
        }

        if (arm.Plan is not null && arm.Generator is null && !arm.Offline && !arm.Copies)
        {
            yield return $"{path}.plan: needs {path}.generator (or copies: true, or traditional with mode: offline), which is missing";
        }

        if (arm.Generator is not null && arm.Offline)
        {
            yield return $"{path}.traditional.mode: offline; beside a generator, which fills the plan; must be online";
        }

        if (arm is { Traditional: not null, Offline: false } && !study.Downstream.Rereads)
        {
            yield return $"{path}.traditional.mode: online; downstream.kind: {study.Downstream.Kind} reads each training image once; must "
                + "be offline (copies that fill a plan)";
        }

        if (arm.Copies && (arm.Generator is not null || arm.Offline))
        {
            yield return $"{path}.copies: true; one thing fills the plan, and "
                + $"{(arm.Offline ? "traditional with mode: offline" : "generator")} is given too";
        }

        if (arm.Shuffle && (arm.Generator is null || made is { MakesMasks: true }))
        {
            yield return $"{path}.shuffle: true; it shuffles the labels of synthetic images: {path}.generator of graded images is needed";
        }

        if (arm is { Copies: true, Plan.PerImage: null } && study.Downstream.Masks)
        {
            yield return $"{path}.plan: copies of images with masks need per_image: N";
        }

        if (arm.Plan is null && made is { MakesMasks: false })
        {
            yield return $"{path}.plan: missing; how many images '{arm.Generator}' gives each class (to_largest, total, images, "
                + $"ratio or counts)";
        }

        if (arm.Plan?.PerImage is not null && arm is { Generator: null, Copies: false })
        {
            yield return $"{path}.plan.per_image: {arm.Plan.PerImage}; allowed beside a generator of images with masks, or "
                + $"copies: true";
        }

        if (made is { MakesMasks: true } && arm.Plan is { PerImage: null })
        {
            yield return $"{path}.plan: '{arm.Generator}' makes images with masks; must be per_image: N (and probability)";
        }

        if (made is { MakesMasks: false } && arm.Plan is { PerImage: not null })
        {
            yield return $"{path}.plan.per_image: {arm.Plan.PerImage}; '{arm.Generator}' draws from noise; must be one of to_largest, "
                + $"total, images, ratio, counts";
        }

        if (made is not null && made.MakesMasks != study.Downstream.Masks)
        {
            yield return $"{path}.generator: '{arm.Generator}' makes " + (made.MakesMasks
                ? "images with masks, which downstream.kind: segmenter learns from"
                : "graded images, which a downstream of classes learns from");
        }

        if (arm.Baseline is { } other && !study.Arms.ContainsKey(other))
        {
            var near = Nearest.To(other, study.Arms.Keys) is { } word ? $" (did you mean '{word}'?)" : "";
            yield return $"{path}.baseline: '{other}' is not one of arms{near} (there are: {string.Join(", ", study.Arms.Keys)})";
        }
        else if (arm.Baseline is not null && path["arms.".Length..] is var self && (self == arm.Baseline || self == study.Baseline))
        {
            yield return $"{path}.baseline: '{arm.Baseline}'; "
                + (self == study.Baseline ? $"{self} is what the other arms are compared with" : "an arm is compared with another one");
        }

        if (arm.Real < 0 || arm is { Real: 0, Generator: null })
        {
            yield return $"{path}.real: {arm.Real}; the training set would be empty: give a number of real images, or a generator";
        }

        if (made is { KnowsClasses: false, MakesMasks: false })
        {
            yield return $"{path}.generator: '{arm.Generator}' is told no classes (conditional: false), so its images have no labels; "
                + $"allowed in {path}.online, where the classifier guides it";
        }

        foreach (var misfit in arm.Online is { } online ? OnlineRules.Faults(study, path, arm, online) : [])
        {
            yield return misfit;
        }

        foreach (var misfit in ImbalanceFaults(study, path, arm))
        {
            yield return misfit;
        }

        if (arm.Seeds is { } own && (own.Count != study.Seeds.Count
            ? $"{path}.seeds: {own.Count} of them; as many as the study's {study.Seeds.Count} are needed, with which they are paired"
            : Twice($"{path}.seeds", own)) is { } fault)
        {
            yield return fault;
        }
    }

    private static IEnumerable<string> ImbalanceFaults(Study study, string path, ArmConfig arm)
    {
        if (!arm.LearnsItsOwnWay)
        {
            return [];
        }

        if (study.Downstream is ClassifierConfig)
        {
            var own = (ClassifierConfig)arm.Over(study.Downstream);
            return ClassifierRecipe.Presets.ContainsKey(own.Recipe) ? own.ImbalanceFaults(path) : [];
        }

        var fields = new[] { ("loss", arm.Loss is not null), ("sampling", arm.Sampling is not null), ("mixup", arm.Mixup is not null) };
        return fields.Where(f => f.Item2)
            .Select(f => $"{path}.{f.Item1}: goes by classes of images; allowed with downstream.kind: classifier");
    }

    /// <summary>A fault where a seed is given twice; else null.</summary>
    public static string? Twice(string field, IReadOnlyList<ulong> seeds)
        => seeds.Distinct().Count() == seeds.Count ? null : $"{field}: [{string.Join(", ", seeds)}]; each may be given once";
}
