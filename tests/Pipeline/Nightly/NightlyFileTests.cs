using Odm.Engine.Runtime;
using Odm.Pipeline.Nightly;
using Odm.Tests;

namespace Odm.Pipeline.Tests.Nightly;

/// <summary>What is wrong with a nightly file is said before anything is measured.</summary>
public sealed class NightlyFileTests
{
    [Fact]
    public void Faults_of_the_file_and_of_its_studies_come_together()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("bad.yaml", """
            nightly: a b
            studies: { one: nowhere.yaml, two: { file: study.yaml, deadline: 2000 } }
            benches: { two: { kind: resnet, channels: 3, size: 0, repeats: 0 } }
            rules: { nights: 1, level: 0.7, deviations: 0 }
            keep: 0
            """);
        Should.Throw<StudyException>(() => NightlyFile.Read(file)).Message.ShouldSatisfyAllConditions(
            m => m.ShouldContain("nightly: 'a b'; a name of letters"), m => m.ShouldContain("studies.two.deadline: 2000; minutes above 0, at most 1440"), m => m.ShouldContain("benches.two: a study has this name too"),
            m => m.ShouldContain("benches.two.channels: of a unet alone"), m => m.ShouldContain("benches.two.size: 0; at least 1"), m => m.ShouldContain("benches.two.repeats: 0; at least 1"), m => m.ShouldContain("rules.nights: 1; at least 2"),
            m => m.ShouldContain("rules.level: 0.7"), m => m.ShouldContain("rules.deviations: 0"), m => m.ShouldContain("keep: 0"));
        Should.Throw<StudyException>(() => NightlyFile.Read(folder.Write("none.yaml", "nightly: none\nstudies: { one: nowhere.yaml }"))).Message.ShouldContain("studies.one: nowhere.yaml: no such study file");
        Should.Throw<StudyException>(() => NightlyFile.Read(folder.Write("none.yaml", "nightly: none"))).Message.ShouldContain("neither studies nor benches");
        Should.Throw<StudyException>(() => NightlyFile.Read(folder["gone.yaml"])).Message.ShouldBe($"{folder["gone.yaml"]}: no such nightly file");
        Should.Throw<StudyException>(() => NightlyFile.Read(folder.Write("empty.yaml", ""))).Message.ShouldBe($"{folder["empty.yaml"]}: one mapping of fields was expected");
    }
}
