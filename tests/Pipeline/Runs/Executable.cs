using System.Diagnostics;
using Odm.Data;

namespace Odm.Pipeline.Tests;

/// <summary>The real executable in a process of its own, with a folder for its runs.</summary>
internal sealed class Executable : IDisposable
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
    public (StudyPlan Plan, Prepared Prepared) Plan(params string[] set)
    {
        var sources = StudySources.Of(StudyFile.Read(Write("study.yaml", Mini), set), Path.Combine(Folder, "run"));
        var prepared = Preparation.Read(sources, Path.Combine(Folder, "overlap.csv"), new RunContext(TorchSharp.torch.CPU, Precision.Fp32, _ => { }, CancellationToken.None));
        return (StudyPlan.Of(sources, prepared), prepared);
    }

    /// <summary>Starts the command.</summary>
    public static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Odm.Pipeline.dll"), .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        return Process.Start(start)!;
    }

    /// <summary>Runs the command to its end.</summary>
    public static (int Code, string Out, string Error) Run(params string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.Result, error);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
