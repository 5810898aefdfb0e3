import json, pytest
from tests.inventory.storeroom import Storeroom, ok, refused
from tests import cast
@pytest.fixture
def room(app, owner): return Storeroom(cast.api(owner))
def show(r): print(r.request.method, r.request.path[-30:], r.status_code, r.get_data(as_text=True)[25 if r.status_code>=400 else 0:400])
def test_probe(room):
    item=room.item("Olive oil", unit="g", density_g_per_ml="0.92")
    p=f"/items/{item['id']}"
    for path in ["/items/a%00b","/items/"+"x"*70,"/items/%F0%9F%98%80","/items/"+item["id"].upper(),"/lots/%00","/postings/xyz","/lots/"+"1"*400, "/items/%ff%fe", "/items/a%2Fb", p+"/units/%00"]:
        r=room.api.get(path); show(r); assert r.status_code in (404,405)
    for q in [dict(limit="0"),dict(limit="201"),dict(limit="x"),dict(cursor="zzz"),dict(cursor="!!"),dict(cursor="W10"),dict(cursor="WzFd"),dict(q="\x00"),dict(q="%"),dict(q="_"),dict(q="\\"),dict(type="x"),dict(below="maybe"),dict(foo="1"), dict(dry_run="true"), dict(q="x"*300)]:
        r=room.api.get("/items",**q); show(r); assert r.status_code<500
    for q in [dict(cursor="WzFd"),dict(cursor="WyIyMDI2LTAxLTAxIiwxLDFd"),dict(cursor="WyIyMDI2LTAxLTAxIiwxZTMwMCwxXQ"),dict(expiring_within="99999999"),dict(expiring_within="36500"),dict(item="nope"),dict(status="x"),dict(supplier_lot="")]:
        r=room.api.get("/lots",**q); show(r); assert r.status_code<500
    for q in [dict(cursor="WzFd"),dict(kind="x"),dict(item="nope"),dict(lot="nope"),dict(source="manual"),dict(source=item["id"]),{"from":"2026-01-01","to":"2026-12-31"},{"from":"2026-W01-1"},{"from":"x"}]:
        r=room.api.get("/postings",**q); show(r); assert r.status_code<500
    for v in ["NaN","Infinity","-Infinity","1e5","1E5","9"*30,"0.1234567","0","-1","",None,True,[],{}, "１２", " 1 ", "1\n", "+1", ".5", "5.", "0x10", "1_000", "١"]:
        for f in ["quantity","unit_cost","total_cost"]:
            body={"quantity":"1"}; body[f]=v
            if f=="quantity": body["unit_cost"]="1"
            r=room.api.post(p+"/receipts",body)
            if r.status_code==201: print("OK",f,repr(v))
            assert r.status_code in (201,422), (f,v,r.status_code)
    for raw in [b'{"quantity": 1e5,"unit_cost":1}', b'{"quantity": NaN,"unit_cost":1}', b'{"quantity": 1.50,"unit_cost":1}', b'{"quantity": 1e1000000,"unit_cost":1}',b'[]',b'"x"',b'1',b'null',b'{"a":1,"a":2}',b'{',b'\xff',b'['*40+b']'*40, b'{"quantity":"\\ud800","unit_cost":"1"}', b'{"quantity":"1","unit_cost":"1","note":"\\ud800"}', b'{"quantity":"1","unit_cost":"1","note":"\\u0000"}', b'{"quantity":-0,"unit_cost":1}', b'{"quantity":1,"unit_cost":-0}']:
        r=room.api.call("POST",p+"/receipts",data=raw,content_type="application/json"); show(r); assert r.status_code<500
    r=room.api.call("POST",p+"/receipts",data=b"{}",content_type="text/plain"); show(r)
    r=room.api.call("POST",p+"/receipts",data=b"x"*(1024*1024+1),content_type="application/json"); show(r)
    for b in [{"quantity":"999999999","unit_cost":"999999999"},{"quantity":"0.000001","unit":"kg","unit_cost":"1"},{"quantity":"0.000001","unit":"mg","unit_cost":"1"},{"quantity":"1","unit":"bar","unit_cost":"1"},{"quantity":"999999999","unit":"kg","unit_cost":"0"},{"quantity":"1","unit_cost":"1","received_on":"2999-01-01"},{"quantity":"1","unit_cost":"1","received_on":"2027-01-01"},{"quantity":"1","unit_cost":"1","received_on":"1969-01-01"},{"quantity":"1","unit_cost":"1","occurred_at":"2026-01-01"},{"quantity":"1","unit_cost":"1","occurred_at":"2026-01-01T00:00:00"},{"quantity":"1","unit_cost":"1","occurred_at":"2026-01-01T00:00:00+14:00"},{"quantity":"1","unit_cost":"1","occurred_at":"9999-12-31T23:59:59-12:00"},{"quantity":"1","unit_cost":"1","occurred_at":"0001-01-01T00:00:00+14:00"},{"quantity":"1","unit_cost":"1","occurred_at":"1970-01-01T00:00:00+14:00"},{"quantity":"1","unit_cost":"1","fifo_code":"a b"},{"quantity":"1","unit_cost":"1","x":1},{"quantity":"1","unit_cost":"1","total_cost":"1"},{"quantity":"1","unit_cost":"1","expires_on":"2020-01-01"},{"quantity":"1","unit_cost":"1","kind":"sale"},{"quantity":"1","unit_cost":"1","supplier":"Müller"},{"quantity":"1","unit_cost":"1","supplier":"MULLER"},{"quantity":"1","unit_cost":"1","occurred_at":1}]:
        r=room.api.post(p+"/receipts",b); show(r); assert r.status_code<500
    for b in [{}, {"name":"","type":"ingredient","unit":"g"},{"name":"Olive OIL","type":"ingredient","unit":"g"},{"name":"x","type":"y","unit":"g"},{"name":"x","type":"ingredient","unit":"parsec"},{"name":"x","type":"ingredient","unit":"s"},{"name":"x","type":"ingredient","unit":"KG","code":"OLIVE-OIL"},{"name":"масло","type":"ingredient","unit":"Jar"},{"name":"вода","type":"ingredient","unit":"jars"},{"name":"a"*300,"type":"ingredient","unit":"g"},{"name":"d","type":"ingredient","unit":"g","density":{"mass":"120","volume":"1","volume_unit":"cup"}},{"name":"d2","type":"ingredient","unit":"g","density":{"mass":"120","volume":"0"}},{"name":"d3","type":"ingredient","unit":"g","density":{"mass":"1","mass_unit":"cup","volume":"1"}},{"name":"d4","type":"ingredient","unit":"g","density_g_per_ml":"0"},{"name":"d5","type":"ingredient","unit":"g","shelf_life_days":0},{"name":"d6","type":"ingredient","unit":"g","shelf_life_days":"12345678901"},{"name":"d7","type":"ingredient","unit":"g","tracked":"true"},{"name":"d8","type":"ingredient","unit":"g","tracked":False,"density_g_per_ml":0.5,"density":{"mass":"1","volume":"1"}},{"name":"water","type":"ingredient","unit":"l","tracked":False,"low_stock_level":1.50}]:
        r=room.api.post("/items",b); show(r); assert r.status_code<500
    w=room.api.get("/items/water").get_json()
    show(room.try_issue(w,"5")); show(room.api.get("/items/water")); show(room.api.post("/items/water/receipts",{"quantity":"5"})); show(room.count(w,"5"))
    show(room.api.get("/postings", item="water"))
