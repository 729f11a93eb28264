using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Pipeline.Graph;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Sets;

/// <summary>What is written beside a synthetic set when its images are made or styled.</summary>
internal static class FinishedSet
{
    /// <summary>Writes where the set came from and, of the phantom, what its rule says of the images.</summary>
    /// <param name="plan">The study's plan.</param>
    /// <param name="set">The set.</param>
    /// <param name="stage">The stage that made or styled it; its folder holds <c>set/</c>.</param>
    public static void Record(StudyPlan plan, PlannedSet set, Stage stage)
    {
        var folder = Path.Combine(stage.Folder, "set");
        var sources = Path.Combine(plan.Sources.Prepare.Folder, "set");
        new SetOrigin(set.Generator.Train.Folder, set.Config, plan.Study.Precision, set.Config.FromImages ? sources : null,
            stage == set.Style).Write(folder);
        if (Truth.Knows(plan.Study.Dataset))
        {
            Durable.WriteText(Path.Combine(stage.Folder, "truth.csv"), FactsCsv.Text(Truth.Of(ImageSet.Open(folder))));
        }
    }
}
