"""The program that wrote the binary layers here, with OpenUSD 25.8 as Blender 5.0 brings it.

Run it in this folder by a Python that has bpy.
"""

import bpy

bpy.utils.expose_bundled_modules()

from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade  # noqa: E402 - Blender makes it importable

Path, Asset = Sdf.AssetPath, Sdf.ValueTypeNames.Asset


def begin(name):
    stage = Usd.Stage.CreateNew(f"{name}.usdc")
    box = UsdGeom.Cube.Define(stage, "/box")
    stage.SetDefaultPrim(box.GetPrim())
    return stage, box


def texture(stage):
    return UsdShade.Shader.Define(stage, "/box/t").CreateInput("file", Asset)


stage, box = begin("plain")
box.GetPrim().SetDocumentation("see https://a.example/x.png and ./y")
stage.Save()

stage, box = begin("anim")
moved = box.AddTranslateOp()
for time in range(20):
    moved.Set(Gf.Vec3d(time, 2.1875, 0), time)
UsdGeom.Mesh.Define(stage, "/box/mesh").CreatePointsAttr([(0, 2.1875, 0)] * 50)
stage.Save()

stage, box = begin("asset")
texture(stage).Set(Path("/etc/secret"))
stage.Save()

stage, box = begin("assetnl")
texture(stage).Set(Path("../a b\u00e9/" + "x" * 500 + ".weird"))
stage.Save()

stage, box = begin("assetts")
over_time = texture(stage)
over_time.Set(Path("/etc/one"), 1)
over_time.Set(Path("/etc/two"), 2)
stage.Save()

stage, box = begin("assetarr")
box.GetPrim().CreateAttribute("x", Sdf.ValueTypeNames.AssetArray).Set([Path("/etc/one"), Path("/etc/two")])
stage.Save()

stage, box = begin("ref")
box.GetPrim().GetReferences().AddReference("/srv/other.usd")
stage.Save()

stage, box = begin("refint")
box.GetPrim().SetDocumentation("see https://a.example/x.png")
UsdGeom.Xform.Define(stage, "/copy").GetPrim().GetReferences().AddInternalReference("/box")
stage.Save()

stage, box = begin("payload")
box.GetPrim().GetPayloads().AddPayload("../other.usd")
stage.Save()

stage, box = begin("sub")
stage.GetRootLayer().subLayerPaths.append("../other.usd")
stage.Save()

stage, box = begin("clips")
Usd.ClipsAPI(box.GetPrim()).SetClipTemplateAssetPath("/etc/clip.###.usd")
stage.Save()

stage, box = begin("custom")
box.GetPrim().SetCustomDataByKey("a", Path("/etc/custom"))
stage.Save()

stage, box = begin("variant")
looks = box.GetPrim().GetVariantSets().AddVariantSet("look")
looks.AddVariant("a")
looks.SetVariantSelection("a")
with looks.GetVariantEditContext():
    box.GetPrim().GetReferences().AddReference("./v.usd")
stage.Save()
