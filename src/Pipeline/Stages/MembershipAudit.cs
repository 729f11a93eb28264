using System.Globalization;
using System.Text;
using Odm.Classify.Audit;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.Pipeline.Checks;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Stages;

/// <summary>The audit stage of a generator: does its loss tell its training images from validation images, which it never saw?</summary>
internal static class MembershipAudit
{
    private const int Most = 200; // images a side: enough for an interval of .1

    /// <summary>Writes <c>losses.csv</c> and <c>facts.csv</c>.</summary>
    /// <exception cref="DatasetException">The generator was trained on other images than those it may see, or on some that
    /// judge.</exception>
    public static void Run(PlannedGenerator generator, Prepared prepared, bool allowOverlap, RunContext context)
        => generator.Membership!.Run(context, (c, facts) =>
        {
            var folder = generator.Membership.Folder;
            GeneratorGuard.Check(generator, prepared, allowOverlap, facts); // "trained on" is what its list says
            var (seen, unseen) = (Some(prepared.Visible(generator.Visible), "members"), Some(prepared.Val, "held out"));
            var (losses, evaluations) = generator.Config.Losses(generator.Train.Folder, ImageSet.Concat(seen, unseen), generator.Seed, c,
                generator.Membership.Title);
            facts["images"] = losses.Length;
            facts["network_evaluations"] = evaluations;
            var text = new StringBuilder("id,trained_on,loss\n");
            foreach (var (row, i) in seen.Rows.Concat(unseen.Rows).Select((r, i) => (r, i)))
            {
                text.Append(CultureInfo.InvariantCulture, $"{FactsCsv.Cell(row.Id)},{(i < seen.Count ? 1 : 0)},"
                    + $"{FactsCsv.Number(losses[i], 17)}\n");
            }

            Durable.WriteText(Path.Combine(folder, "losses.csv"), text.ToString());
            var auc = MembershipTest.Auc(losses[..seen.Count], losses[seen.Count..], Groups(seen), Groups(unseen));
            Durable.WriteText(Path.Combine(folder, "facts.csv"), FactsCsv.Text([auc]));
        });

    /// <summary>What the report says.</summary>
    public static void Append(StringBuilder text, StudyPlan plan)
    {
        var asked = plan.Generators.Where(g => g.Membership is not null).ToList();
        if (asked.Count == 0)
        {
            return;
        }

        text.Append("\n## Membership inference\n\nDoes a generator's loss tell its training images from "
            + "validation images, which it never saw? membership_auc: the chance that of one of each the training image has the ")
            .Append("smaller loss; .5 where nothing can be told.\n\n| generator | seed | membership_auc | images |\n| --- | --- | --- | "
                + "--- |\n");
        var told = new List<string>();
        foreach (var generator in asked)
        {
            var auc = FactsCsv.Read(Path.Combine(generator.Membership!.Folder, "facts.csv"))[0];
            text.Append(CultureInfo.InvariantCulture, $"| {generator.Name} | {generator.Seed} | "
                + $"{Cells.Value(auc.Value, auc.Low, auc.High)} | {auc.N} |\n");
            if (auc.Low > .5)
            {
                told.Add(generator.Name);
            }
        }

        text.Append(told.Count == 0 ? "\nNo generator's loss tells them apart at this n; a stronger attack might.\n"
            : $"\n**{string.Join(", ", told.Distinct(StringComparer.Ordinal))}: the interval lies above .5. The loss is smaller on "
                + $"training images, so the weights hold something of single ones, and whoever gets them can guess who was in the "
                + $"training set better than by chance.** ")
            .Append(told.Count == 0 ? "" : "(A generator that remembers nothing gets here one time in forty.)\n");
    }

    private static ImageSet Some(ImageSet set, string purpose)
        => set.Count <= Most ? set : set.Select([.. Rng.For(0, "membership, " + purpose).Permutation(set.Count).Take(Most).Order()]);

    private static string[] Groups(ImageSet set) => [.. set.Rows.Select(r => r.Group.Length > 0 ? "group " + r.Group : "image " + r.Id)];
}
