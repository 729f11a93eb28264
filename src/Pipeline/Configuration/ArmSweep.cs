using Odm.Augment.Plans;
using Odm.Engine.Runtime;
using YamlDotNet.RepresentationModel;

namespace Odm.Pipeline.Configuration;

/// <summary>
/// Real sizes x synthetic ratios from one arm: where <c>real</c>, or <c>total</c>, <c>images</c>, <c>ratio</c>, <c>per_image</c> or
/// <c>probability</c> of its <c>plan</c>, is a list, the arm stands for one of each combination, named by its values: <c>dm: { real: [64,
/// all], plan: { ratio: [0.5, 1] } }</c> is <c>dm-64-ratio0.5</c>, <c>dm-64-ratio1</c>, <c>dm-all-ratio0.5</c>, <c>dm-all-ratio1</c>.
/// </summary>
internal static class ArmSweep
{
    private static readonly string[] OfPlan = ["total", "images", "ratio", "per_image", "probability"];

    /// <summary>Whether a field of a record may be a list that stands for several arms.</summary>
    public static bool TakesLists(Type record, string field)
        => (record == typeof(ArmConfig) && field == "real")
        || (record == typeof(PlanConfig) && OfPlan.Contains(field, StringComparer.Ordinal));

    /// <summary>Replaces each arm with lists by its combinations, in their order.</summary>
    /// <exception cref="StudyException">A list is empty or holds something else than numbers, or a name is taken.</exception>
    public static void Expand(YamlMappingNode root)
    {
        if (!root.Children.TryGetValue("arms", out var node) || node is not YamlMappingNode arms)
        {
            return; // the binder says what is wrong
        }

        var all = arms.Children.ToList();
        arms.Children.Clear();
        foreach (var (key, arm) in all)
        {
            foreach (var (name, one) in Combinations(((YamlScalarNode)key).Value ?? "", arm))
            {
                if (!arms.Children.TryAdd(new YamlScalarNode(name), one))
                {
                    throw new StudyException($"arms.{name}: is defined twice, once out of a list");
                }
            }
        }
    }

    private static IEnumerable<(string Name, YamlNode Arm)> Combinations(string name, YamlNode arm)
    {
        if (arm is not YamlMappingNode fields)
        {
            return [(name, arm)];
        }

        var found = Over([(name, fields)], "real", fields => fields, "");
        return OfPlan.Aggregate(found, (arms, field) => Over(arms, field, f => f.Children.TryGetValue("plan", out var plan)
            ? plan as YamlMappingNode : null, field)).Select(f => (f.Name, (YamlNode)f.Arm));
    }

    private static IEnumerable<(string Name, YamlMappingNode Arm)> Over(IEnumerable<(string Name, YamlMappingNode Arm)> arms, string field,
        Func<YamlMappingNode, YamlMappingNode?> place, string word)
    {
        foreach (var (name, arm) in arms)
        {
            if (place(arm) is not { } map || !map.Children.TryGetValue(field, out var value) || value is not YamlSequenceNode list)
            {
                yield return (name, arm);
                continue;
            }

            var where = $"arms.{name}.{(word == "" ? "" : "plan.")}{field}";
            if (list.Children.Count == 0)
            {
                throw new StudyException($"{where}: an empty list; at least one number is needed");
            }

            foreach (var item in list.Children)
            {
                var text = (item as YamlScalarNode)?.Value ?? throw new StudyException($"{where}: a list of numbers was expected");
                var copy = (YamlMappingNode)YamlTree.Copy(arm);
                if (text == "all" && field == "real")
                {
                    place(copy)!.Children.Remove(field);
                }
                else
                {
                    place(copy)!.Children[field] = new YamlScalarNode(text);
                }

                yield return ($"{name}-{word}{text}", copy);
            }
        }
    }
}
