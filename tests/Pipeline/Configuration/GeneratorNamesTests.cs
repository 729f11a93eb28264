using Odm.Augment.Diffusion.Family;
using Odm.Augment.Variations;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;

namespace Odm.Pipeline.Tests;

/// <summary>A generator that is of another one: variations.</summary>
public sealed class GeneratorNamesTests : IDisposable
{
    private readonly MiniStudy mini = new();

    public void Dispose() => mini.Dispose();

    private Study Read(params string[] set) => StudyFile.Read(mini.Write("study.yaml", MiniStudy.Mini), set);

    private string Fault(params string[] set)
    {
        var message = Should.Throw<StudyException>(() => Read(set)).Message;
        message.ShouldNotContain('\n');
        return message;
    }

    [Fact]
    public void A_name_stands_for_the_settings_of_that_generator()
    {
        var study = Read("generators.near={ kind: variations, of: odm, strength: 0.3 }");
        var near = study.Generators["near"].ShouldBeOfType<VariationsGeneratorConfig>();
        Resolved.Yaml(near.Of).ShouldBe(Resolved.Yaml(study.Generators["odm"]));
        near.Of.ShouldBeOfType<DiffusionGeneratorConfig>().Diffusion.Ordinal.Weight.ShouldBe(1);
        var yaml = Resolved.Yaml(study); // the resolved file holds the settings themselves, and binds to the same
        Resolved.Yaml(Binder.Bind<Study>(YamlTree.Parse(yaml, "study.yaml"), "study.yaml")).ShouldBe(yaml);
        StudySchema.Text().ShouldContain("\"of\"");
    }

    [Fact]
    public void The_other_generator_is_trained_once_for_both_whichever_arm_comes_first()
    {
        string[] set = ["generators.near={ kind: variations, of: dm, strength: 0.3 }", "generators.far={ kind: variations, of: dm, strength: 0.9 }", "arms.near={ generator: near, plan: to_largest }", "arms.far={ generator: far, plan: to_largest }"];
        var (plan, _) = mini.Plan(set);
        plan.Generators.Select(g => g.Name).ShouldBe(["dm", "odm"]);
        plan.Generators.Select(g => g.Train.Hash).Distinct().Count().ShouldBe(2);
        plan.Sets.Select(s => s.Name).ShouldBe(["dm", "odm", "near", "far"], ignoreOrder: true);
        plan.Sets.Single(s => s.Name == "near").Generator.Name.ShouldBe("dm");
        plan.Generators[0].Membership.ShouldNotBeNull();

        var (alone, _) = mini.Plan(["generators.near={ kind: variations, of: dm, strength: 0.3 }", "arms={ real: {}, near: { generator: near, plan: to_largest } }"]);
        alone.Generators.Single().ShouldSatisfyAllConditions(g => g.Name.ShouldBe("dm"), g => g.Config.ShouldBeOfType<DiffusionGeneratorConfig>(),
            g => g.Train.Hash.ShouldBe(plan.Generators[0].Train.Hash));
    }

    [Fact]
    public void Another_sampler_of_the_other_generator_makes_other_variations_of_the_same_training()
    {
        string[] arms = ["generators.near={ kind: variations, of: dm }", "arms={ real: {}, near: { generator: near, plan: to_largest } }"];
        var (a, _) = mini.Plan(arms);
        var (b, _) = mini.Plan(["generators.dm.sampler.guidance=3", .. arms]);
        b.Generators[0].Train.Hash.ShouldBe(a.Generators[0].Train.Hash);
        b.Sets[0].Synthesize.Hash.ShouldNotBe(a.Sets[0].Synthesize.Hash);
    }

    [Fact]
    public void What_is_wrong_is_one_line_that_names_the_field()
    {
        Fault("generators.v={ kind: variations, of: dmm }").ShouldBe("generators.v.of: 'dmm' is not one of generators (did you mean 'dm'?); must be one of dm, odm");
        Fault("generators.v={ kind: variations, of: v }").ShouldContain("generators.v.of: 'v' is not one of generators");
        Fault("generators.v={ kind: variations }").ShouldContain("generators.v.of: missing");
        Fault("generators.v={ kind: variations, of: dm, strength: 0 }").ShouldContain("generators.v.strength: 0; must be above 0, up to 1");
        Fault("generators.v={ kind: variations, of: dm, strength: 1.5 }").ShouldContain("generators.v.strength: 1.5; must be above 0, up to 1");
        Fault("generators.v={ kind: variations, of: dm, strenght: 0.5 }").ShouldContain("generators.v.strenght: unknown field (did you mean 'strength'?)");
        Fault("generators.paint={ kind: inpaint, preset: cpu }", "generators.v={ kind: variations, of: paint }").ShouldContain("generators.v.of: a generator of kind inpaint; must be of kind diffusion");
        Should.Throw<StudyException>(() => mini.Plan("dataset.classes=[none, mild, moderate, severe, worst]", "arms.odm.plan=to_largest", "generators.v={ kind: variations, of: dm, towards: neighbour }"))
            .Message.ShouldContain("generators.v.towards: neighbour; the classes none, mild, moderate, severe, worst have no order");
    }
}
