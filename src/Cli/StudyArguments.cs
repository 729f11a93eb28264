using System.CommandLine;
using Odm.Engine.Runtime;

namespace Odm.Cli;

/// <summary>What the commands that read a study have in common.</summary>
internal static class StudyArguments
{
    /// <summary>The study file.</summary>
    public static Argument<string> File(string name = "STUDY.yaml")
        => new(name) { Description = "The study file (configs/README.md lists its fields)." };

    /// <summary>The run's folder.</summary>
    public static Option<string?> Folder() => new("--out")
    {
        Description = "The run's folder; by default runs/<study>. The same command again goes on where it stopped.",
        HelpName = "DIR",
    };

    /// <summary>Fields to set.</summary>
    public static Option<string[]> Set() => new("--set")
    {
        Description = "Sets a field of the study, e.g. --set dataset.path=data/x.npz; may be repeated. Paths start at the current folder.",
        HelpName = "path.to.field=value",
    };

    /// <summary>The study file and the run's folder of a command that takes either.</summary>
    /// <param name="given">A study file, or a run's folder with its <c>study.yaml</c>.</param>
    /// <param name="folder">The run's folder, where it was given too.</param>
    /// <exception cref="StudyException">A folder that is no run's.</exception>
    public static (string File, string? Folder) Place(string given, string? folder)
    {
        if (!Directory.Exists(given))
        {
            return (given, folder);
        }

        var file = Path.Combine(given, "study.yaml");
        return System.IO.File.Exists(file) ? (file, folder ?? given)
            : throw new StudyException($"{given}: holds no study.yaml; the folder of a run or a study file is needed");
    }
}
