using Odm.Engine.Runtime;
using Odm.Pipeline.Execution;

namespace Odm.Pipeline.Tests;

public sealed class RunFolderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("odm-run-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_kill_in_the_first_write_leaves_nothing_to_clear_by_hand()
    {
        File.WriteAllText(Path.Combine(folder, ".lock"), "");
        File.WriteAllText(Path.Combine(folder, "study.yaml.partial"), "stu");
        Should.NotThrow(() => RunFolder.Check(folder, "mini"));
        using (RunFolder.Open(folder, "study: mini\n"))
        {
            File.Exists(Path.Combine(folder, "study.yaml.partial")).ShouldBeFalse();
        }
    }

    [Fact]
    public void A_folder_with_files_of_somebody_else_is_refused()
    {
        File.WriteAllText(Path.Combine(folder, "thesis.docx"), "");
        Should.Throw<StudyException>(() => RunFolder.Check(folder, "mini")).Message.ShouldContain("holds no study.yaml");
    }
}
