using Odm.Augment.Diffusion.Family;
using Odm.Augment.Diffusion.Samplers;
using Odm.Augment.Inpainting;
using Odm.Augment.Inpainting.Family;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;

namespace Odm.Pipeline.Tests;

public sealed class SamplerFieldsTests
{
    private static Study With(string generator) => Binder.Bind<Study>(YamlTree.Parse($$"""
        study: s
        dataset: { kind: phantom }
        split: { kind: stratified }
        generators: { g: { {{generator}} } }
        arms: { real: {} }
        downstream: { network: cnn }
        """, "s.yaml"), "s.yaml");

    [Fact]
    public void Sampler_fields_are_read_and_written_where_they_are_not_the_default()
    {
        var study = With("kind: diffusion, sampler: { kind: dpmpp_2m, steps: 20, spacing: karras, guidance_interval: [0.3, 5] }");
        var sampler = ((DiffusionGeneratorConfig)study.Generators["g"]).Diffusion.Sampler;
        (sampler.Kind, sampler.Steps, sampler.Spacing).ShouldBe((SamplerKind.Dpmpp2M, 20, TimeSpacing.Karras));
        sampler.GuidanceInterval.ShouldBe([.3, 5]);
        Resolved.Json(sampler)!.ToJsonString().ShouldBe("""{"kind":"dpmpp_2m","steps":20,"spacing":"karras","eta":0,"guidance":2,"guidance_interval":[0.3,5],"clip":true,"batch":32}""");
        Resolved.Json(((DiffusionGeneratorConfig)With("kind: diffusion, sampler: { guidance_interval: null }").Generators["g"]).Diffusion.Sampler)!.ToJsonString()
            .ShouldBe("""{"kind":"ddim","steps":100,"eta":0,"guidance":2,"clip":true,"batch":32}""");
        var yaml = Resolved.Yaml(study);
        Resolved.Yaml(Binder.Bind<Study>(YamlTree.Parse(yaml, "s.yaml"), "s.yaml")).ShouldBe(yaml);
    }

    [Fact]
    public void Inpainting_fields_are_read_and_written_where_they_are_not_the_default()
    {
        var study = With("kind: inpaint, inpaint: { preset: cpu, variance: beta }");
        var inpaint = ((InpaintGeneratorConfig)study.Generators["g"]).Synthesis.Inpaint;
        (inpaint.Respacing, inpaint.Variance, inpaint.Sampler).ShouldBe((25, StepVariance.Beta, InpaintSampler.Ancestral));
        ((InpaintGeneratorConfig)With("kind: inpaint, inpaint: { sampler: dpmpp_2s }").Generators["g"]).Synthesis.Inpaint.Sampler.ShouldBe(InpaintSampler.Dpmpp2S);
        Resolved.Json(inpaint with { Variance = null })!.ToJsonString().ShouldNotContain("variance");
        var yaml = Resolved.Yaml(study);
        yaml.ShouldContain("variance: beta");
        Resolved.Yaml(Binder.Bind<Study>(YamlTree.Parse(yaml, "s.yaml"), "s.yaml")).ShouldBe(yaml);
    }

    [Theory]
    [InlineData("kind: diffusion, sampler: { kind: dpm }", "s.yaml: generators.g.sampler.kind: \"dpm\"; must be one of ddim, ddpm, ddpm_posterior, ddpm_learned, dpmpp_2m, heun, euler, euler_ancestral")]
    [InlineData("kind: diffusion, sampler: { guidance_interval: [5, 0.3] }", "s.yaml: generators.g.sampler.guidance_interval: [5, 0.3]; two levels of noise σ are needed, 0 <= low < high")]
    [InlineData("kind: diffusion, sampler: { guidance_interval: 5 }", "s.yaml: generators.g.sampler.guidance_interval: a list was expected, not '5'")]
    [InlineData("kind: diffusion, schedule: { kind: cosine }, sampler: { kind: heun }", "s.yaml: generators.g.sampler.spacing: uniform; heun on a cosine schedule overshoots in its first steps; must be karras (or kind: dpmpp_2m)")]
    [InlineData("kind: inpaint, inpaint: { variance: learned }", "s.yaml: generators.g.inpaint.variance: learned; the generator has learned_variance: false; must be one of posterior, beta")]
    public void What_cannot_be_sampled_is_told_in_one_line(string generator, string fault)
        => Should.Throw<StudyException>(() => With(generator)).Message.ShouldStartWith(fault);
}
