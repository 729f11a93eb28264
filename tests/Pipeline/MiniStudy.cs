using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;
using Odm.Pipeline.Stages;

namespace Odm.Pipeline.Tests;

/// <summary>A study of seconds in a temporary folder of its own.</summary>
internal class MiniStudy : IDisposable
{
    /// <summary>A study of seconds: drawn eyes of 32 px, tiny networks, every kind of arm.</summary>
    public const string Mini = """
        study: mini
        dataset: { kind: phantom, size: 32, count: 60, seed: 1, shares: [0.3, 0.2, 0.2, 0.15, 0.15] }
        split: { kind: group, val: 0.2, test: 0.3 }
        generators:
          dm: &dm
            kind: diffusion
            network: { channels: 8, multipliers: [1, 2], blocks: 1, patch: 2, dropout: 0.1 }
            batch: 6
            steps: 8
            ordinal: { weight: 0 }
            sampler: { steps: 3, batch: 8 }
          odm: { <<: *dm, ordinal: { weight: 1 }, sampler: { kind: euler_ancestral, eta: 1, spacing: karras, guidance_interval: [0.2, 20] } }
        arms:
          real: {}
          traditional: { traditional: iois }
          copies: { traditional: thesis }
          dm: { generator: dm, plan: to_largest }
          odm: { generator: odm, plan: { counts: { "4": 5 } } }
          repeated: { copies: true, plan: { total: 60 } }
          shuffled: { generator: dm, plan: to_largest, shuffle: true }
        downstream: { network: cnn, recipe: thesis-cnn, batch: 4, steps: 6, validate_every: 3 }
        image_metrics: downstream
        seeds: [1]
        threads: 1
        """;

    /// <summary>A temporary folder that goes with this object.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("odm-tests-").FullName;

    /// <summary>Writes a file into the folder and gives its path.</summary>
    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>The miniature study with some fields set, prepared and planned in this process, for a run in <c>run</c>.</summary>
    public (StudyPlan Plan, Prepared Prepared) Plan(params string[] set) => PlanOf(Mini, set);

    /// <summary>The same of another study.</summary>
    public (StudyPlan Plan, Prepared Prepared) PlanOf(string study, params string[] set)
    {
        var sources = StudySources.Of(StudyFile.Read(Write("study.yaml", study), set), Path.Combine(Folder, "run"));
        var prepared = Preparation.Read(sources, Path.Combine(Folder, "overlap.csv"), new RunContext(TorchSharp.torch.CPU, Precision.Fp32, _ => { }, CancellationToken.None));
        return (StudyPlanner.Plan(sources, prepared), prepared);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
